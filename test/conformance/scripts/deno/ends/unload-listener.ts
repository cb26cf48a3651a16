globalThis.addEventListener('unload', () => Deno.writeTextFileSync('output/unload.txt', 'unloaded'));
