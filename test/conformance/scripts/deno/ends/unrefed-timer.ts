Deno.unrefTimer(setTimeout(() => console.log('never'), 5000));
