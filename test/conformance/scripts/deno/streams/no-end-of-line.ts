Deno.stdout.writeSync(new TextEncoder().encode('no end of line'));
