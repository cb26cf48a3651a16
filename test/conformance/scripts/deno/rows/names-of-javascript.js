Deno.writeTextFileSync('output/result.json', '{"__proto__": 5, "constructor": 6, "toString": 7}');
