Deno.mkdirSync('elsewhere');
Deno.chdir('elsewhere');
Deno.writeTextFileSync('../output/a.txt', 'from elsewhere');
