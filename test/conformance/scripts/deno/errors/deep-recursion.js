function deeper() {
  return deeper() + 1;
}

try {
  deeper();
} catch (error) {
  // Thrown anew: in which line the stack ends is not the same each time.
  throw new RangeError(error.message);
}
