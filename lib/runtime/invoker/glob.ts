/**
 * A pattern for paths as a regular expression that Python and JavaScript understand alike: `*` and `?` stay within a
 * name, `**` goes across folders, everything else, brackets too, stands for itself.
 */
export function globToRegExp(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return `\\${token}`;
    }
  });
}
