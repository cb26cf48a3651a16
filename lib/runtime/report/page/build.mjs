// Bundles this folder into page.generated.json, which the report's writer embeds. It is committed, so that the writer
// is plain TypeScript to every tool that loads it; a test fails when it is not what these sources give.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const target = join(folder, '../page.generated.json');

export async function bundlePage() {
  const options = {
    minify: true,
    target: ['chrome120', 'firefox121', 'safari17.4'],
    charset: 'ascii',
    legalComments: 'none',
  };
  const script = await build({
    ...options,
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const style = await build({ ...options, entryPoints: [join(folder, 'page.css')], bundle: true, write: false });
  const page = { style: style.outputFiles[0].text, script: script.outputFiles[0].text };
  for (const [name, text] of Object.entries(page)) {
    // Anything like these would end or change the element that the text is put into.
    if (/<\/(script|style)|<!--/i.test(text)) {
      throw new Error(`The report's ${name} must not contain an HTML tag.`);
    }
  }
  return `${JSON.stringify(page, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await bundlePage();
  if (process.argv.includes('--print')) {
    process.stdout.write(text);
  } else {
    await writeFile(target, text);
  }
}
