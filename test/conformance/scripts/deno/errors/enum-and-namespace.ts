enum Kind {
  One = 1,
}
namespace Space {
  export const value = Kind.One;
}
console.log(Space.value);
