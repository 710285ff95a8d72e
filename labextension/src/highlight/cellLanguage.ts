const MAGIC = /^%%(\w+)/;

export type CellLanguage = 'sql' | 'python' | 'ask' | 'magic';

const MIMES: Readonly<Record<CellLanguage, string>> = {
  sql: 'text/x-sql',
  python: 'text/x-ipython',
  ask: 'text/x-ipythongfm',
  magic: 'text/x-ipython',
};

/** Every type that a cell can have, and Lab's own for Markdown. */
export const CELL_MIMES: readonly string[] = [...new Set(Object.values(MIMES)), 'text/x-markdown'];

/** What a cell is, by its first line. A cell without a magic is `plain`, the language that the user chose for those. */
export function languageOfCell(source: string, plain: CellLanguage = 'ask'): CellLanguage {
  const first = source.trimStart();
  const magic = MAGIC.exec(first)?.[1];
  if (magic === 'sql' || magic === 'python' || magic === 'ask') return magic;
  if (magic !== undefined || first.startsWith('%')) return 'magic';
  return plain;
}

/** The MIME type by which the editor finds the language. */
export function mimeOfCell(source: string, plain: CellLanguage = 'ask'): string {
  return MIMES[languageOfCell(source, plain)];
}
