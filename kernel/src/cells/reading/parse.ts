/**
 * From a cell's text to what runs. A cell is line magics (`%name …`), each on its own line at the top, then a body:
 * `%%name …` with the lines below it, or plain text of the default kind. Offsets count UTF-16 units of the cell.
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

const CELL_MAGIC = /^%%([A-Za-z_][\w-]*)(.*)$/s;
const LINE_MAGIC = /^%([A-Za-z_][\w-]*)(.*)$/s;
const HELP = /^\?{1,2}\s*([%\w."-]+)$|^([%\w."-]+)\?{1,2}$/;

export function parseCell(code: string): ParsedCell {
  const magics: LineMagic[] = [];
  let offset = 0;
  while (offset < code.length) {
    const end = endOfLine(code, offset);
    const line = code.slice(offset, end);
    const trimmed = line.trim();
    const start = offset + (line.length - line.trimStart().length);
    if (trimmed === '') {
      offset = end + 1;
      continue;
    }
    const alone = magics.length === 0 && code.slice(end).trim() === '';
    if (alone && trimmed === '?') return { magics: [{ name: 'help', rest: '', offset: start }], body: null };
    const help = alone ? HELP.exec(trimmed) : null;
    if (help) return { magics, body: { form: 'help', subject: help[1] ?? help[2] ?? '', text: trimmed } };
    const cellMagic = CELL_MAGIC.exec(trimmed);
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
    const lineMagic = LINE_MAGIC.exec(trimmed);
    if (!lineMagic) return { magics, body: { form: 'plain', text: code.slice(offset), textOffset: offset } };
    magics.push({ name: lineMagic[1] ?? '', rest: (lineMagic[2] ?? '').trim(), offset: start });
    offset = end + 1;
  }
  return { magics, body: null };
}

function endOfLine(code: string, from: number): number {
  const end = code.indexOf('\n', from);
  return end === -1 ? code.length : end;
}
