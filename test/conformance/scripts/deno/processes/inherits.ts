await new Deno.Command('sh', { args: ['-c', 'echo child; echo error >&2'], stdout: 'inherit', stderr: 'inherit' }).output();
console.log('after');
