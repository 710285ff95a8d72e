import type { StatementResult } from '../database/types.js';
import { DatabaseError } from '../database/errors.js';
import { quoteText } from '../database/sql/quote.js';
import { duration } from '../display/format.js';
import { tableDisplay } from '../display/table.js';
import type { OptionSpec } from './arguments.js';
import { unitOffset } from './codePoints.js';
import { parseLeadingOptions } from './arguments.js';
import type { CellContext } from './context.js';
import { UserError } from './errors.js';
import { pointingAt } from './outcome.js';

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
    await context.runtime.offerFrames(cell.sql);
    if (cell.into === null) await showStatements(context, cell);
    else await giveToPython(context, cell, cell.into);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.position === null) throw error;
    throw pointingAt(error, context.source, cell.offset + unitOffset(cell.sql, error.position));
  }
}

/** Shows each result once the next one is there, so that the last is known for the cell's own. */
async function showStatements(context: CellContext, cell: SqlCell): Promise<void> {
  const pending: StatementResult[] = [];
  await query(context, cell.sql, cell.limit, (result) => {
    for (const earlier of pending.splice(0)) showResult(context, earlier, false);
    pending.push(result);
  });
  for (const last of pending) showResult(context, last, true);
}

/** Runs the SQL once, into a Parquet file: Python reads it, and the first page is shown from it. */
async function giveToPython(context: CellContext, cell: SqlCell, name: string): Promise<void> {
  const { runtime, run } = context;
  const { absolute, relative } = await runtime.exchangeFile();
  await runtime.database.toParquet(cell.sql, absolute, { author: 'user', signal: run.signal });
  await query(context, `FROM ${quoteText(absolute)}`, cell.limit, (result) => {
    showResult(context, result, false);
  });
  await (await runtime.python()).importFrame(name, relative);
  run.stream('stdout', `Python has it as ${name}.\n`);
}

async function query(
  { runtime, run, kernel }: CellContext,
  sql: string,
  limit: number | null,
  onResult: (result: StatementResult) => void,
): Promise<void> {
  const deadline = kernel.settings.number('statement-seconds');
  const progress = runtime.progress(run);
  try {
    await runtime.database.query(sql, {
      author: 'user',
      limit: limit ?? kernel.settings.number('rows') ?? 50,
      signal: run.signal,
      ...(deadline === undefined ? {} : { deadline: deadline * 1000 }),
      onProgress: (fraction) => {
        progress.report(fraction);
      },
      onResult,
    });
  } finally {
    progress.done();
  }
}

function showResult({ run }: CellContext, result: StatementResult, last: boolean): void {
  switch (result.kind) {
    case 'rows': {
      const display = tableDisplay({ result: result.id, ...result.page }, result.milliseconds);
      if (last) run.result(display);
      else run.display(display);
      break;
    }
    case 'plan':
      run.stream('stdout', `${result.text.trimEnd()}\n`);
      break;
    case 'done':
      run.stream('stdout', `${result.message} (${duration(result.milliseconds)})\n`);
      break;
  }
}
