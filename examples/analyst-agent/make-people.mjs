// Writes people.csv: made-up people, the same ones each time.
//   node make-people.mjs [rows] > people.csv
const rows = Number(process.argv[2] ?? 5000);

/** Mulberry32: small, seeded, and the same on every machine. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seededRandom(20261125);
const pick = (values) => values[Math.floor(random() * values.length)];

const NAMES = ['Kimberly', 'Ana', 'Bo', 'Chidi', 'Dana', 'Emre', 'Fatima', 'Goran', 'Hana', 'Ivo', 'Jun', 'Kim'];
const ANIMALS = ['Crocodile', 'Cat', 'Dog', 'Elephant', 'Fox', 'Giraffe', 'Heron', 'Ibex'];
const CITIES = ['Seoul', 'Lisbon', 'Lagos', 'Lima', 'Oslo'];

/** About normal: the sum of twelve evenly distributed numbers. */
const normal = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);

console.log('First Name,Age,City,Favorite Animal,Income');
for (let row = 0; row < rows; row++) {
  const age = Math.max(18, Math.min(95, Math.round(44 + 14 * normal())));
  // One in two hundred earns far more than the others: the outliers to be found.
  const income = Math.round((38_000 + 9_000 * normal()) * (random() < 0.005 ? 12 : 1));
  console.log([pick(NAMES), age, pick(CITIES), pick(ANIMALS), income].join(','));
}
