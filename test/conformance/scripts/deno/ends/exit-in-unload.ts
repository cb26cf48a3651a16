globalThis.addEventListener('unload', () => Deno.exit(9));
