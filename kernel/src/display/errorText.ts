const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/** The traceback of an error: its name and message, then what to do about it. */
export function errorTraceback(name: string, message: string, hint?: string): string[] {
  const lines = [`${RED}${name}${RESET}: ${message}`];
  if (hint !== undefined && hint !== '') lines.push(...hint.split('\n'));
  return lines;
}

/** The line of `source` at `offset` (UTF-16 units) with a caret below the place. */
export function caretLines(source: string, offset: number): string[] {
  const at = Math.max(0, Math.min(offset, source.length));
  const lineStart = source.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = source.indexOf('\n', at);
  const number = source.slice(0, lineStart).split('\n').length;
  const label = `${number} │ `;
  const line = source.slice(lineStart, lineEnd === -1 ? source.length : lineEnd);
  const before = line.slice(0, at - lineStart).replace(/[^\t]/gu, ' ');
  return [`${DIM}${label}${RESET}${line}`, `${' '.repeat(label.length)}${before}${RED}▲${RESET}`];
}
