Deno.writeTextFileSync('output/result.json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
