Deno.stdout.close();
