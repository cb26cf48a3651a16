type Token = { readonly kind: 'one' | 'name' | 'path' | 'folders' | 'inFolders' } | { readonly literal: string };

/**
 * A pattern for keys and paths: `*` and `?` stand for any characters, or one, but `/`; `**` for any, `/` too; a `**` that
 * is a whole folder also for no folder at all; everything else for itself. How a system composes accents, or the letters
 * of Hangul, makes no difference: both sides are compared in Unicode's form NFC.
 *
 * All ways through the pattern are followed at once, so a key costs its length times the pattern's, whatever they are: a
 * regular expression can take that to a power, and there may be millions of keys.
 */
export class Glob {
  private readonly tokens: Token[];

  constructor(pattern: string) {
    this.tokens = parse(pattern.normalize('NFC'));
  }

  /**
   * The same as a regular expression, for what runs in a session. Python and JavaScript understand it alike, with the
   * whole path in NFC, `.` for line breaks too, and whole code points as characters.
   */
  get expression(): string {
    return this.tokens.map(toExpression).join('');
  }

  matches(key: string): boolean {
    let states = this.withSkipped(new Set([0]));
    for (const character of key.normalize('NFC')) {
      const next = new Set<number>();
      for (const state of states) {
        this.step(state, character, next);
      }
      if (next.size === 0) {
        return false;
      }
      states = this.withSkipped(next);
    }
    return states.has(this.tokens.length);
  }

  /** Adds what may follow a state, a place in the pattern, after one more character. */
  private step(state: number, character: string, next: Set<number>): void {
    const token = this.tokens[state];
    if (token === undefined) {
      return;
    }
    if ('literal' in token) {
      if (character === token.literal) {
        next.add(state + 1);
      }
      return;
    }
    if (token.kind === 'path' || token.kind === 'inFolders') {
      next.add(state);
    }
    if (token.kind === 'inFolders' && character === '/') {
      next.add(state + 1);
    }
    if (token.kind === 'name' && character !== '/') {
      next.add(state);
    }
    if (token.kind === 'one' && character !== '/') {
      next.add(state + 1);
    }
  }

  /** Adds the states that are reached without a character. A set yields what is added to it while it is walked. */
  private withSkipped(states: Set<number>): Set<number> {
    for (const state of states) {
      const token = this.tokens[state];
      if (token === undefined || 'literal' in token) {
        continue;
      }
      if (token.kind === 'name' || token.kind === 'path') {
        states.add(state + 1);
      }
      if (token.kind === 'folders') {
        states.add(state + 1).add(state + 2);
      }
    }
    return states;
  }
}

function toExpression(token: Token): string {
  if ('literal' in token) {
    return token.literal.replace(/[\\^$.|+()[\]{}*?]/, '\\$&');
  }
  return { one: '[^/]', name: '[^/]*', path: '.*', folders: '(?:', inFolders: '.*/)?' }[token.kind];
}

function parse(pattern: string): Token[] {
  const parts = pattern.match(/(?<=^|\/)\*\*\/|\*\*|\*|\?|./gsu) ?? [];
  return parts.flatMap((part): Token[] => {
    switch (part) {
      case '**/':
        return [{ kind: 'folders' }, { kind: 'inFolders' }];
      case '**':
        return [{ kind: 'path' }];
      case '*':
        return [{ kind: 'name' }];
      case '?':
        return [{ kind: 'one' }];
      default:
        return [{ literal: part }];
    }
  });
}
