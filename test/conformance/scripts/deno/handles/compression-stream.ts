const text = new Blob(['hello '.repeat(100)]).stream().pipeThrough(new CompressionStream('gzip'));
await Deno.writeFile('output/a.gz', text);
