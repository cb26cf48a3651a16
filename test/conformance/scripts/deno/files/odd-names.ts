for (const name of ['매출 표.csv', 'a#b.csv', '100%.csv', "quote'\".csv", '.hidden', 'emoji😀.png', 'back\\slash.csv']) {
  Deno.writeTextFileSync(`output/${name}`, name);
}
