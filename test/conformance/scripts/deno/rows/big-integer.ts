Deno.writeTextFileSync('output/result.json', '{"n": 123456789012345678901234567890}');
