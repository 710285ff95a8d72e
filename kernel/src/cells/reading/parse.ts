/**
 * From a cell's text to what runs. A cell is line magics (`%name …`), each on its own line at the top, then a body:
 * `%%name …` with the lines below it, or plain text of the default kind. Lines of `#` above a magic are comments. Offsets
 * count UTF-16 units of the cell.
 */
export interface ParsedCell {
  readonly magics: readonly LineMagic[];
  readonly body: Body | null;
}

export interface LineMagic {
  readonly name: string;
  /** What follows the name on the line. */
  readonly rest: string;
  readonly offset: number;
}

export type Body =
  | {
      readonly form: 'magic';
      readonly name: string;
      /** What follows `%%name` on its line. */
      readonly rest: string;
      readonly text: string;
      readonly offset: number;
      readonly restOffset: number;
      readonly textOffset: number;
    }
  | { readonly form: 'plain'; readonly text: string; readonly textOffset: number }
  | { readonly form: 'help'; readonly subject: string; readonly text: string };

const COMMENTS = /^(?:[ \t]*(?:#.*)?\n)*[ \t]*%%?[A-Za-z_]/;
const CELL_MAGIC = /^%%([A-Za-z_][\w-]*)(.*)$/s;
const LINE_MAGIC = /^%([A-Za-z_][\w-]*)(.*)$/s;
const HELP = /^\?{1,2}\s*([%\w."-]+)$|^([%\w."-]+)\?{1,2}$/;

/** `isPlain` says of which magics it is that a plain body begins with them. */
export function parseCell(
  code: string,
  isPlain: (name: string, rest: string) => boolean = () => false,
): ParsedCell {
  const magics: LineMagic[] = [];
  let offset = 0;
  while (offset < code.length) {
    const end = endOfLine(code, offset);
    const line = code.slice(offset, end);
    const trimmed = line.trim();
    const start = offset + (line.length - line.trimStart().length);
    if (trimmed === '' || (trimmed.startsWith('#') && COMMENTS.test(code.slice(offset)))) {
      offset = end + 1;
      continue;
    }
    const alone = magics.length === 0 && code.slice(end).trim() === '';
    if (alone && trimmed === '?') return { magics: [{ name: 'help', rest: '', offset: start }], body: null };
    const help = alone ? HELP.exec(trimmed) : null;
    if (help) return { magics, body: { form: 'help', subject: help[1] ?? help[2] ?? '', text: trimmed } };
    const cellMagic = CELL_MAGIC.exec(trimmed);
    const lineMagic = LINE_MAGIC.exec(trimmed);
    const [, named, after = ''] = cellMagic ?? lineMagic ?? [];
    if (named === undefined || isPlain(named, after))
      return { magics, body: { form: 'plain', text: code.slice(offset), textOffset: offset } };
    if (cellMagic) {
      const name = cellMagic[1] ?? '';
      const textOffset = Math.min(end + 1, code.length);
      return {
        magics,
        body: {
          form: 'magic',
          name,
          rest: cellMagic[2] ?? '',
          text: code.slice(textOffset),
          offset: start,
          restOffset: start + 2 + name.length,
          textOffset,
        },
      };
    }
    magics.push({ name: named, rest: after.trim(), offset: start });
    offset = end + 1;
  }
  return { magics, body: null };
}

function endOfLine(code: string, from: number): number {
  const end = code.indexOf('\n', from);
  return end === -1 ? code.length : end;
}
