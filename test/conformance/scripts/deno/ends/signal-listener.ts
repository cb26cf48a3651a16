Deno.addSignalListener('SIGUSR1', () => {
  console.log('got it');
  Deno.exit(5);
});
Deno.kill(Deno.pid, 'SIGUSR1');
await new Promise((resolve) => setTimeout(resolve, 10_000));
