setTimeout(() => Deno.writeTextFileSync('output/late.txt', 'late'), 200);
console.log('main done');
