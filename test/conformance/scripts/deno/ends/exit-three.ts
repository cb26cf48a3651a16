console.log('bye');
Deno.exit(3);
