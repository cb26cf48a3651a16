Deno.writeTextFileSync('output/result.json', '{"a": 1,}');
