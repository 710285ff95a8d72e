import { rm } from 'node:fs/promises';
import { DatabaseError } from '../../database/errors.js';
import { quoteText } from '../../database/sql/quote.js';
import type { Exported } from '../../database/types.js';
import type { OptionSpec } from '../reading/arguments.js';
import { unitOffset } from '../reading/codePoints.js';
import { parseLeadingOptions } from '../reading/arguments.js';
import type { CellContext } from '../context.js';
import { UserError } from '../errors.js';
import { pointingAt } from '../outcome.js';
import { audienceOf, ProgressBar } from '../ProgressBar.js';
import { checkHabits, checkTemplates } from './jupysql.js';
import { withParameters } from './parameters.js';
import { StatementOutputs } from './StatementOutputs.js';

export const SQL_OPTIONS: readonly OptionSpec[] = [
  { name: 'limit', value: 'N', type: 'integer', about: 'rows shown at first (the whole result is counted)' },
];

const INTO = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*<<(?=\s|$)/u;

export interface SqlCell {
  readonly sql: string;
  /** Where the SQL begins in the cell, in UTF-16 units. */
  readonly offset: number;
  /** The Python variable that also gets the result. */
  readonly into: string | null;
  readonly limit: number | null;
}

/** Reads `%%sql [name <<] [--limit N] [SQL]`, the options in either order, the SQL on the line or below. */
export function readSqlCell(source: string, restOffset: number): SqlCell {
  const lineEnd = source.indexOf('\n', restOffset);
  let line = source.slice(restOffset, lineEnd === -1 ? source.length : lineEnd);
  let offset = restOffset;
  let into: string | null = null;
  let limit: number | null = null;
  for (;;) {
    const name = INTO.exec(line);
    if (name && into === null) {
      into = name[1] ?? null;
      offset += name[0].length;
      line = line.slice(name[0].length);
      continue;
    }
    checkHabits(line);
    const { options, restAt } = parseLeadingOptions('%%sql', line, SQL_OPTIONS);
    if (restAt === 0) break;
    const value = options.get('limit');
    if (typeof value === 'string') limit = Number(value);
    offset += restAt;
    line = line.slice(restAt);
  }
  return { sql: source.slice(offset), offset, into, limit };
}

/** Runs a SQL cell of the user's: each statement shows what it gave, the last result is the cell's result. */
export async function runSqlCell(context: CellContext, cell: SqlCell): Promise<void> {
  if (cell.sql.trim() === '') {
    throw new UserError(
      'UsageError',
      'There is no SQL in this cell.',
      'Write it below %%sql. %%sql? explains it.',
    );
  }
  try {
    if (cell.sql.includes('{{')) checkTemplates(cell.sql);
    await context.runtime.offerFrames(cell.sql);
    if (cell.into === null) await query(context, cell.sql, cell.limit, true);
    else await giveToPython(context, cell, cell.into);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.position === null) throw error;
    throw pointingAt(error, context.source, cell.offset + unitOffset(cell.sql, error.position));
  }
}

/** Runs the SQL once, into a Parquet file: Python reads it, and the first page is shown from it. */
async function giveToPython(context: CellContext, cell: SqlCell, name: string): Promise<void> {
  const { runtime, run } = context;
  const { absolute, relative } = await runtime.exchangeFile();
  const bar = new ProgressBar(run, audienceOf(context.request));
  let exported: Exported;
  try {
    exported = await withParameters(runtime, cell.sql, (given) =>
      runtime.database.toParquet(cell.sql, absolute, {
        ...{ author: 'user', ...given, ...stops(context) },
        onProgress: (fraction) => {
          bar.report(fraction);
        },
      }),
    );
  } finally {
    bar.stop();
  }
  // Neither needs the other: Python reads while the rows are counted.
  const outcomes = await Promise.allSettled([
    query(context, `FROM ${quoteText(absolute)}`, cell.limit, false),
    runtime.python().then((python) => python.importFrame(name, relative)),
  ]);
  await rm(absolute, { force: true });
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  run.stream('stdout', `Python has it as ${name}.\n`);
  if (exported.note !== undefined) run.stream('stdout', `${exported.note}\n`);
}

async function query(
  context: CellContext,
  sql: string,
  limit: number | null,
  lastIsResult: boolean,
): Promise<void> {
  const { runtime, run, kernel, request } = context;
  const outputs = new StatementOutputs(run, audienceOf(request));
  let done = false;
  try {
    await withParameters(runtime, sql, (given) =>
      runtime.database.query(sql, {
        ...{ author: 'user', ...given, ...stops(context) },
        limit: limit ?? kernel.settings.number('rows') ?? 50,
        onProgress: (fraction) => {
          outputs.progress(fraction);
        },
        onPage: (page) => {
          outputs.page(page);
        },
        onResult: (result) => {
          outputs.result(result);
        },
      }),
    );
    done = true;
  } finally {
    outputs.end(done && lastIsResult);
  }
}

/** What ends a statement early. */
function stops({ run, kernel }: CellContext): { signal: AbortSignal; deadline?: number } {
  const seconds = kernel.settings.number('statement-seconds');
  return { signal: run.signal, ...(seconds === undefined ? {} : { deadline: seconds * 1000 }) };
}
