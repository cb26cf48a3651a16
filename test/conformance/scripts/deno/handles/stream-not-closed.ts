const file = await Deno.open('output/a.txt', { write: true, create: true });
const writer = file.writable.getWriter();
await writer.write(new TextEncoder().encode('through a stream'));
