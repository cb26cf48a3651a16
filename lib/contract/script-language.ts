import type { Language } from './service';

/** The language that a script is in, by the extension of its file. */
export const SCRIPT_LANGUAGES: Readonly<Record<string, Language>> = {
  '.py': 'python',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
};
