Deno.readTextFileSync('no/such/file');
