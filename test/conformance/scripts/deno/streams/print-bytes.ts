await Deno.stdout.write(new Uint8Array([111, 107, 255, 254, 0, 10]));
