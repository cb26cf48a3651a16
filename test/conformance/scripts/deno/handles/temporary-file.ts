const path = await Deno.makeTempFile({ dir: 'output', suffix: '.txt' });
await Deno.remove(path);
