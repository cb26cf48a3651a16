const folder = `output/${Array.from({ length: 6 }, () => 'x'.repeat(200)).join('/')}`;
await Deno.mkdir(folder, { recursive: true });
await Deno.writeTextFile(`${folder}/f.csv`, '1');
