await Deno.mkdir('output/deep/er/and/er', { recursive: true });
await Deno.writeTextFile('output/deep/er/and/er/f.txt', '1');
