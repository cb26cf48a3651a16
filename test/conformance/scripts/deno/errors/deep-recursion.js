function deeper() {
  return deeper() + 1;
}
deeper();
