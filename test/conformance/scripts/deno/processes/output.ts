const { stdout, code } = await new Deno.Command('echo', { args: ['hi'] }).output();
console.log(code, new TextDecoder().decode(stdout));
