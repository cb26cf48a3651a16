await Deno.writeTextFile('beside.txt', 'x');
