Deno.exitCode = 4;
