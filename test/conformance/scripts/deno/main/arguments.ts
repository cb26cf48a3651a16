console.log(Deno.args, Deno.mainModule.endsWith('arguments.ts'));
