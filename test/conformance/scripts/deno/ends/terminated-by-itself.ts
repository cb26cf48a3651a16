Deno.kill(Deno.pid, 'SIGTERM');
await new Promise((resolve) => setTimeout(resolve, 10_000));
