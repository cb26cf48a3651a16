await Deno.writeTextFile('output/secret.txt', 'x');
await Deno.chmod('output/secret.txt', 0);
