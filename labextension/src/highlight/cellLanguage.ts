const CELL_MAGIC = /^%%(\w+)/;

export type CellLanguage = 'sql' | 'python' | 'ask' | 'magic';

/** The MIME types by which the editor finds the languages of cells. */
export const MIMES: Readonly<Record<CellLanguage, string>> = {
  sql: 'text/x-worldline-sql',
  python: 'text/x-worldline-python',
  ask: 'text/x-worldline-ask',
  magic: 'text/x-worldline-magic',
};

/** Every type that a cell can have, and Lab's own for Markdown. */
export const CELL_MIMES: readonly string[] = [...Object.values(MIMES), 'text/x-markdown'];

/**
 * What a cell is: by the magic of its body, which may come after line magics. A body without a magic is `plain`, the language
 * that the user chose for those.
 */
export function languageOfCell(source: string, plain: CellLanguage = 'ask'): CellLanguage {
  const lines = source.split('\n').map((line) => line.trim());
  const body = lines.find((line) => line !== '' && (!line.startsWith('%') || CELL_MAGIC.test(line)));
  if (body === undefined) return source.trim() === '' ? plain : 'magic';
  const magic = CELL_MAGIC.exec(body)?.[1];
  if (magic === undefined) return plain;
  return magic === 'sql' || magic === 'python' || magic === 'ask' ? magic : 'magic';
}

/** The MIME type by which the editor finds the language. */
export function mimeOfCell(source: string, plain: CellLanguage = 'ask'): string {
  return MIMES[languageOfCell(source, plain)];
}
