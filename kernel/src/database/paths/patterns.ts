const WILD = /[*?[]/;
const ANY_DEPTH = '**';

/** Whether a path is a pattern of DuckDB's, which finds several files. */
export function isPattern(path: string): boolean {
  return WILD.test(path);
}

/** What stands before the first part with a sign of a pattern, up to its slash. */
export function fixedPart(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(WILD));
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** The pattern that finds the same, hidden entries left out; null where no pattern of DuckDB's does, as with `**`. */
export function visibleOnly(pattern: string): string | null {
  const parts = pattern.split('/').map((part) => {
    if (part === ANY_DEPTH || part.startsWith('\\')) return null;
    if (part.startsWith('*')) return `[!.]${part}`;
    if (part.startsWith('?')) return `[!.]${part.slice(1)}`;
    return part.startsWith('[') && takesDot(part) ? null : part;
  });
  return parts.includes(null) ? null : parts.join('/');
}

/** What finds a path by a pattern in it: `*` stays within a part, and `**` goes to any depth. */
export function matcherOf(pattern: string): RegExp {
  const parts = pattern.split('/');
  const last = parts.length - 1;
  const spelled = parts.map((part, at) => {
    if (part === ANY_DEPTH) return at === last ? '.+' : '(?:[^/]+/)*';
    return spellPart(part) + (at === last ? '' : '/');
  });
  return new RegExp(`^${spelled.join('')}$`, 'u');
}

const PIECE = /\[(!?)(\]?[^\]]*)\]|\*|\?|\\?([^])/gu;

function spellPart(part: string): string {
  return part.replace(PIECE, (sign, not?: string, set?: string, plain?: string) => {
    if (set !== undefined) return `[${not === '!' ? '^/' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (plain !== undefined) return plain.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    return sign === '*' ? '[^/]*' : '[^/]';
  });
}

/** Whether the set at the beginning of a part takes a dot. */
function takesDot(part: string): boolean {
  const [set] = /^\[!?\]?[^\]]*\]/.exec(part) ?? [];
  return set === undefined || matcherOf(set).test('.');
}
