const file = await Deno.open('output/a.txt', { write: true, create: true });
await file.write(new TextEncoder().encode('written'));
