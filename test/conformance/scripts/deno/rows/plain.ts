await Deno.writeTextFile('output/result.json', JSON.stringify({ a: 1, b: 'x', c: null, d: [1.5, true] }));
