console.log(Object.keys(Deno.env.toObject()).filter((name) => name.startsWith('DENO_')).sort(), Deno.env.get('NO_COLOR'));
