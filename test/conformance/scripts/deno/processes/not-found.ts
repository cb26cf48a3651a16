await new Deno.Command('no-such-program').output();
