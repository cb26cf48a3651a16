Deno.kill(Deno.pid, 'SIGINT');
await new Promise((resolve) => setTimeout(resolve, 10_000));
