Deno.exit(256);
