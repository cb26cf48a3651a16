for (let file = 0; file <= 1000; file++) Deno.writeTextFileSync(`output/${String(file).padStart(4, '0')}.txt`, 'x');
