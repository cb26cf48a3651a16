console.log(Deno.readTextFileSync('item.json').includes('9007199254740993'));
