import { basename, extname } from 'node:path';
import type { LoadOptions, LoadResult } from '../database/types.js';
import { CellFailure } from './errors.js';
import type { Runtime } from './Runtime.js';

/** Loads the first sheet of an Excel file: the sandbox reads it, so nothing on the host parses it. */
export async function loadExcel(runtime: Runtime, file: string, options: LoadOptions): Promise<LoadResult> {
  const { absolute, relative } = await runtime.exchangeFile();
  const code = `import pandas as __pd\n__pd.read_excel(${JSON.stringify(file)}).to_parquet(${JSON.stringify(relative)}, index=False)\ndel __pd`;
  const result = await (
    await runtime.python()
  ).execute(code, {
    cell: '%load',
    onEvent: () => undefined,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (result.status !== 'ok') throw new CellFailure(result.ename, result.evalue, result.traceback);
  return runtime.database.load(absolute, { table: basename(file, extname(file)), ...options });
}
