Deno.writeTextFileSync('output/result.json', JSON.stringify({ n: Number.NaN, i: Infinity }));
