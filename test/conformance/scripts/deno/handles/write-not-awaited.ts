Deno.writeTextFile('output/a.txt', 'not awaited');
