import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASPECTS, type Aspect } from './outcome';
import type { Way } from './script-runner';

/** Where a script may differ from what the plain interpreter does, and why: a line of the table in docs/scripts.md. */
export interface AllowedDifference {
  readonly scripts: readonly string[];
  readonly aspects: readonly Aspect[];
  readonly reason: string;
}

const PAGE = join(__dirname, '../../docs/scripts.md');
const HEADINGS: Readonly<Record<Way, string>> = {
  group: '## Where an item differs from a plain process',
  background: '## Where an item differs from a plain process',
  exec: '## Where a script of the invoker differs from a plain process',
};

/** The table of differences as people read it. */
export function allowedDifferences(way: Way): AllowedDifference[] {
  const section = readFileSync(PAGE, 'utf8').split(HEADINGS[way])[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const [reason = '', aspects = '', scripts = ''] = line.slice(1, -1).split('|');
    return {
      reason: reason.trim(),
      aspects: ASPECTS.filter((aspect) => aspects.includes(aspect)),
      scripts: codes(scripts),
    };
  });
}

function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => (code === undefined ? [] : [code]));
}
