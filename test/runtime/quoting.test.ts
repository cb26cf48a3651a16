/** @needs Python */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { pythonLiteral } from '../../lib/runtime/quoting';
import { python } from '../support/python';

test('Python reads each literal as the text that it was made of', async () => {
  // Texts with halves of pairs are none that could come from a file or a request.
  const texts = [
    ...fc.sample(fc.string({ unit: 'binary' }), 300),
    '🙂',
    'é\u0301한글',
    '\u007f\u2028"\\\n\0',
    '\\u0041',
  ];
  const program = `import json\nprint(json.dumps([${texts.map(pythonLiteral).join(', ')}]))`;
  const printed = execFileSync(await python(), ['-c', 'import sys; exec(sys.stdin.read())'], { input: program });
  expect(JSON.parse(printed.toString())).toEqual(texts);
});
