for (const name of ['read', 'write', 'net', 'env', 'run', 'sys', 'ffi'] as const) {
  console.log(name, (await Deno.permissions.query({ name })).state);
}
