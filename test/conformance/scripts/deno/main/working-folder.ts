console.log([...Deno.readDirSync('.')].map(({ name }) => name).sort(), [...Deno.readDirSync('output')]);
