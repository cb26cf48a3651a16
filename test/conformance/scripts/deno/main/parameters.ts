console.log(JSON.parse(Deno.readTextFileSync('item.json')).parameters.currency);
