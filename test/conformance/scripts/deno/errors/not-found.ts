await Deno.readTextFile('no/such/file');
