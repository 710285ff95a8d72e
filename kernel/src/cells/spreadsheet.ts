import { basename, extname } from 'node:path';
import { rm } from 'node:fs/promises';
import type { LoadOptions, LoadResult } from '../database/types.js';
import { tableNameFor } from '../database/tableName.js';
import { UserError } from './errors.js';
import type { Runtime } from './Runtime.js';

const KINDS = new Set(['.xlsx', '.xlsm', '.xls', '.ods']);
const FRAME = '_worldline_sheet';

export function isSpreadsheet(file: string): boolean {
  return KINDS.has(extname(file).toLowerCase());
}

/**
 * Loads the first sheet of a spreadsheet that has cells: the sandbox reads it, so nothing on the host parses it. Columns of
 * mixed types become text. Throws a UserError for a file that cannot be read.
 */
export async function loadSpreadsheet(
  runtime: Runtime,
  file: string,
  options: LoadOptions,
): Promise<LoadResult> {
  const { absolute, relative } = await runtime.exchangeFile();
  const python = await runtime.python();
  const run = async (code: string): Promise<string> => {
    let printed = '';
    const result = await python.execute(code, {
      cell: '%load',
      onEvent: (event) => {
        if (event.type === 'stream' && event.name === 'stdout') printed += event.text;
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (result.status !== 'ok') throw unreadable(file, result.ename, result.evalue);
    return printed;
  };
  try {
    const sheets = await run(reading(file));
    if ((await python.exportFrame(FRAME, relative)) === null) throw unreadable(file, '', 'it has no table');
    const loaded = await runtime.database.load(absolute, { table: tableNameFor(file), ...options });
    const [first = '', ...others] = JSON.parse(sheets) as string[];
    if (others.length === 0) return loaded;
    return { ...loaded, note: `This is the sheet ${first}. Not loaded: ${others.join(', ')}.` };
  } finally {
    await rm(absolute, { force: true });
    await run(`globals().pop(${JSON.stringify(FRAME)}, None);`);
  }
}

function unreadable(file: string, name: string, message: string): UserError {
  const missing = /(?:Missing optional dependency '|`Import )([\w-]+)/.exec(message)?.[1];
  return new UserError(
    'LoadError',
    `${basename(file)} could not be read: ${message.split('\n')[0] ?? name}`,
    missing === undefined
      ? 'Is it a spreadsheet? Saved as .xlsx or .csv, it can be loaded.'
      : `Save it as .xlsx, or give the sandbox what it needs: node install.mjs --with-packages ${missing}`,
  );
}

function reading(file: string): string {
  return `def ${FRAME}():
    import json, pandas
    with pandas.ExcelFile(${JSON.stringify(file)}) as book:
        sheets = [(name, book.parse(name)) for name in book.sheet_names]
    if all(sheet.shape[1] == 0 for _, sheet in sheets):
        raise ValueError("it is empty")
    sheets.sort(key=lambda pair: pair[1].empty)
    first = sheets[0][1]
    for column in range(first.shape[1]):
        values = first.iloc[:, column].dropna()
        if values.dtype == object and len({type(value) for value in values}) > 1:
            first.isetitem(column, first.iloc[:, column].map(str, na_action="ignore"))
    print(json.dumps([str(name) for name, sheet in sheets[:1] + [pair for pair in sheets[1:] if not pair[1].empty]]))
    return first
${FRAME} = ${FRAME}()`;
}
