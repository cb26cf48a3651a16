await Deno.remove('output', { recursive: true });
