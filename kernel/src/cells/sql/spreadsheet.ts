import { basename, extname } from 'node:path';
import { rm } from 'node:fs/promises';
import type { LoadOptions, LoadResult } from '../../database/types.js';
import { tableNameFor } from '../../database/tableName.js';
import { UserError } from '../errors.js';
import type { Runtime } from '../Runtime.js';
import { withPackages } from '../installation.js';
import { sheetNotes, type SheetRead } from './sheetNotes.js';

const KINDS = new Set(['.xlsx', '.xlsm', '.xls', '.ods']);
const FRAME = '_worldline_sheet';
/** In the sandbox's image; it leaves no name behind. */
const READER = '__import__("worldline_runner.sheets").sheets';
/** How much of the file is read: a line of its own. */
const FRACTION = /^[01]\.\d+$/gm;

export function isSpreadsheet(file: string): boolean {
  return KINDS.has(extname(file).toLowerCase());
}

/**
 * Loads a sheet of a spreadsheet, by default the first that has rows: the sandbox reads it, so nothing on the host parses
 * it. Columns of mixed types become text. Throws a UserError for a file that cannot be read.
 */
export async function loadSpreadsheet(
  runtime: Runtime,
  file: string,
  { sheet, ...options }: LoadOptions & { readonly sheet?: string },
): Promise<LoadResult> {
  const { absolute, relative } = await runtime.exchangeFile();
  const python = await runtime.python();
  const run = async (code: string): Promise<string> => {
    let printed = '';
    const result = await python.execute(code, {
      cell: '%load',
      onEvent: (event) => {
        if (event.type !== 'stream') return;
        if (event.name === 'stdout') printed += event.text;
        else for (const [fraction] of event.text.matchAll(FRACTION)) options.onProgress?.(Number(fraction));
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (result.status !== 'ok') throw unreadable(file, result.ename, result.evalue);
    return printed;
  };
  try {
    const printed = await run(
      `${FRAME} = ${READER}.load(${JSON.stringify(file)}, ${sheet === undefined ? 'None' : JSON.stringify(sheet)})`,
    );
    if ((await python.exportFrame(FRAME, relative)) === null) throw unreadable(file, '', 'it has no table');
    const loaded = await runtime.database.load(absolute, { table: tableNameFor(file), ...options });
    const note = sheetNotes(JSON.parse(printed) as SheetRead).join('\n');
    return note === '' ? loaded : { ...loaded, note };
  } finally {
    await rm(absolute, { force: true });
    await run(`globals().pop(${JSON.stringify(FRAME)}, None);`);
  }
}

function unreadable(file: string, name: string, message: string): UserError {
  const missing = /(?:Missing optional dependency '|`Import )([\w-]+)/.exec(message)?.[1];
  const first = message.split('\n')[0] ?? name;
  const noSheet = / sheet | empty$/.test(` ${first}`);
  const why = first.startsWith('Excel file format cannot be determined') ? 'it is no spreadsheet' : first;
  return new UserError(
    'LoadError',
    `${basename(file)} could not be read: ${why}`,
    missing !== undefined
      ? `Save it as .xlsx, or give the sandbox what it needs: ${withPackages(missing)}.`
      : noSheet
        ? '--sheet NAME says which sheet.'
        : 'Is it of another kind? Saved as .xlsx or .csv, it can be loaded.',
  );
}
