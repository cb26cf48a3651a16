const text: string = await Deno.readTextFile('input.csv');
console.log(text.length);
