export type MagicToken = 'comment' | 'magic' | 'option' | 'number' | 'value' | 'name' | 'operator';

/** A part of the magic lines, from and to a UTF-16 unit of the cell. */
export interface MagicPart {
  readonly token: MagicToken;
  readonly from: number;
  readonly to: number;
}

export interface MagicLines {
  readonly parts: readonly MagicPart[];
  /** Where what the magics are about begins: the SQL, Python or question. The cell's length where there is none. */
  readonly bodyFrom: number;
}

/** Options of cell magics that take no value: what follows them begins the body, or is the next option. */
export const FLAGS: ReadonlySet<string> = new Set(['no-rows', 'strict-replay']);
/** Cell magics whose body may begin on their line. */
const WITH_BODY = new Set(['sql', 'python', 'ask']);

/** Lines of `#` are comments above a magic, and else part of what follows. */
const ABOVE_A_MAGIC = /^(?:[ \t]*(?:#.*)?\n)*[ \t]*%%?[A-Za-z_]/;
const MAGIC = /^([ \t]*)(%%?)([A-Za-z_][\w-]*)/;
const ASSIGNED = /([\p{L}_][\p{L}\p{N}_]*)(\s*)(<<)(?=\s|$)/uy;
const OPTION = /(--[\w-]+)(=?)/y;
const WORD = /"[^"]*"?|'[^']*'?|[^\s"']+/y;

/** Finds the magics at the top of a cell as the kernel reads them: line magics, each on a line, then at most one `%%`. */
export function readMagicLines(source: string): MagicLines {
  const parts: MagicPart[] = [];
  let at = 0;
  while (at < source.length) {
    const end = endOfLine(source, at);
    const line = source.slice(at, end);
    const [begin = '', indent = '', sign = '', name = ''] = MAGIC.exec(line) ?? [];
    const isComment = line.trimStart().startsWith('#') && ABOVE_A_MAGIC.test(source.slice(at));
    if (begin !== '') {
      parts.push({ token: 'magic', from: at + indent.length, to: at + begin.length });
      const from = at + begin.length;
      if (sign === '%%' && WITH_BODY.has(name))
        return { parts, bodyFrom: readOptions(source, from, end, parts) };
      readWords(source, from, end, parts);
      if (sign === '%%') return { parts, bodyFrom: Math.min(end + 1, source.length) };
    } else if (isComment) parts.push({ token: 'comment', from: at, to: end });
    else if (line.trim() !== '') break;
    at = end + 1;
  }
  // Empty lines above a plain body are a part of it.
  return parts.length === 0 ? { parts, bodyFrom: 0 } : { parts, bodyFrom: Math.min(at, source.length) };
}

/** Reads the options that lead the line of a cell magic; gives where its body begins. */
function readOptions(source: string, from: number, end: number, parts: MagicPart[]): number {
  for (let at = from; ;) {
    at = skipSpaces(source, at, end);
    if (at >= end) return Math.min(end + 1, source.length);
    const name = matchAt(ASSIGNED, source, at, end);
    if (name) {
      const [all, word = '', space = ''] = name;
      parts.push({ token: 'name', from: at, to: at + word.length });
      parts.push({ token: 'operator', from: at + word.length + space.length, to: at + all.length });
      at += all.length;
      continue;
    }
    const option = matchAt(OPTION, source, at, end);
    if (!option) return at;
    at = readOption(source, at, end, option, parts);
  }
}

/** All of a line that has no body. */
function readWords(source: string, from: number, end: number, parts: MagicPart[]): void {
  for (let at = skipSpaces(source, from, end); at < end; at = skipSpaces(source, at, end)) {
    const [option = ''] = matchAt(OPTION, source, at, end) ?? [];
    if (option !== '') {
      parts.push({ token: 'option', from: at, to: at + option.length });
      at += option.length;
      continue;
    }
    const [word = ' '] = matchAt(WORD, source, at, end) ?? [];
    if (/^["']/.test(word) || isNumber(word)) parts.push(valuePart(word, at));
    at += word.length;
  }
}

/** `--limit 5`, `--limit=5` or `--no-rows`; gives where it ends. */
function readOption(
  source: string,
  from: number,
  end: number,
  [all, option = '', equals]: RegExpExecArray,
  parts: MagicPart[],
): number {
  parts.push({ token: 'option', from, to: from + all.length });
  if (equals === '' && FLAGS.has(option.slice(2))) return from + all.length;
  const at = equals === '' ? skipSpaces(source, from + all.length, end) : from + all.length;
  const [word = ''] = matchAt(WORD, source, at, end) ?? [];
  if (word === '' || word.startsWith('--')) return from + all.length;
  parts.push(valuePart(word, at));
  return at + word.length;
}

function valuePart(word: string, from: number): MagicPart {
  return { token: isNumber(word) ? 'number' : 'value', from, to: from + word.length };
}

function isNumber(word: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(word);
}

function skipSpaces(source: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(source[at] ?? '')) at++;
  return at;
}

/** A match that begins at a place and ends on its line. */
function matchAt(sticky: RegExp, source: string, at: number, end: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  const match = sticky.exec(source.slice(0, end));
  return match;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}
