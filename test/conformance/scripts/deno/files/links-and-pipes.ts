await Deno.symlink('/etc/passwd', 'output/link');
await Deno.symlink('loop', 'output/loop');
await new Deno.Command('mkfifo', { args: ['output/pipe'] }).output();
