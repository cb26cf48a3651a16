Deno.kill(Deno.pid, 'SIGKILL');
await new Promise((resolve) => setTimeout(resolve, 10_000));
