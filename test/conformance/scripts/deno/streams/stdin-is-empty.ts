console.log(await new Response(Deno.stdin.readable).text() === '', Deno.stdin.isTerminal(), Deno.stdout.isTerminal());
