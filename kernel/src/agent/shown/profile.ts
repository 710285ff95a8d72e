import type { TableInfo } from '../../contract.js';
import { count } from '../../counts.js';
import type { Page, StatementResult } from '../../database/types.js';
import { asCell, asName, quoteName } from './dataText.js';
import type { SqlPort } from '../ports.js';
import type { Privacy } from './privacy.js';
import { quantity, pageText } from './resultText.js';

const DEADLINE = 60_000;
/** Columns whose most frequent values are looked up, and how many values of each. */
const TOP_COLUMNS = 24;
const TOP_VALUES = 6;
const SAMPLE = 3;
/** Rows up to which distinct values are counted one by one: whether a column is a key depends on the last of them. */
const EXACT_ROWS = 100_000;

/** What the last statement gives. Throws where that is no rows. */
export async function rows(sql: SqlPort, text: string, signal: AbortSignal): Promise<Page> {
  return (await rowsAndNote(sql, text, signal)).page;
}

async function rowsAndNote(
  sql: SqlPort,
  text: string,
  signal: AbortSignal,
): Promise<StatementResult & { kind: 'rows' }> {
  const results = await sql.query(text, { limit: 500, signal, deadline: DEADLINE });
  const last = results.at(-1);
  if (last?.kind !== 'rows') throw new Error('The description gave no rows.');
  return last;
}

type Row = Readonly<Record<string, string | null>>;

export interface Profile {
  readonly text: string;
  readonly columns: number;
  /** What is worth knowing of how a file was read. */
  readonly note: string | undefined;
}

/**
 * Each column's type, NULLs, distinct values, range and most frequent values, as far as privacy lets the model see them;
 * where it is to be brief, without what the rest tells.
 */
export async function profile(
  sql: SqlPort,
  relation: string,
  privacy: Privacy,
  signal: AbortSignal,
  brief = false,
): Promise<Profile> {
  const { page: summary, note } = await rowsAndNote(sql, `SUMMARIZE SELECT * FROM ${relation}`, signal);
  const columns = summary.rows.map((row): Row =>
    Object.fromEntries(summary.columns.map(({ name }, at) => [name, row[at] ?? null])),
  );
  const total = Number(columns[0]?.['count'] ?? 0);
  const top = await topValues(sql, relation, columns, privacy.minimum, signal);
  const exact = total <= EXACT_ROWS ? await distinctValues(sql, relation, columns, signal) : [];
  const lines = columns.map((column, at) =>
    line(column, exact[at], top.get(column['column_name'] ?? ''), privacy, brief),
  );
  const size = `${quantity(total, 'row')} × ${quantity(columns.length, 'column')}`;
  return { text: [size, ...lines].join('\n'), columns: columns.length, note };
}

/** The first rows, to stand below a profile; empty where there are none. */
export async function sample(
  sql: SqlPort,
  relation: string,
  step: string,
  signal: AbortSignal,
): Promise<string> {
  const page = await rows(sql, `SELECT * FROM ${relation} LIMIT ${SAMPLE}`, signal);
  if (page.rows.length === 0) return '';
  return `\nFirst rows:\n${pageText({ ...page, total: page.rows.length }, step)}`;
}

/** Values that are not NULL. */
function present(column: Row): number {
  return Math.floor(Number(column['count'] ?? 0) * (1 - Number(column['null_percentage'] ?? 0) / 100));
}

/** How many different values each column has. */
async function distinctValues(
  sql: SqlPort,
  relation: string,
  columns: readonly Row[],
  signal: AbortSignal,
): Promise<number[]> {
  const counts = columns.map((column) => `count(DISTINCT ${quoteName(column['column_name'] ?? '')})`);
  const page = await rows(sql, `SELECT ${counts.join(', ')} FROM ${relation}`, signal);
  return (page.rows[0] ?? []).map(Number);
}

function line(
  column: Row,
  distinct: number | undefined,
  top: string | undefined,
  { hidesRows, minimum }: Privacy,
  brief: boolean,
): string {
  const value = (field: string) => column[field] ?? null;
  const nulls = value('null_percentage') ?? '0';
  const parts = [value('column_type') ?? '', brief && Number(nulls) === 0 ? 'no NULL' : `${nulls}% NULL`];
  if (present(column) >= minimum) {
    if (distinct === undefined)
      parts.push(`about ${roughly(value('approx_unique'), present(column))} distinct`);
    else
      parts.push(
        distinct > 1 && distinct === present(column) ? 'all distinct' : `${count(distinct)} distinct`,
      );
    if (!hidesRows && value('min') !== null && !(brief && top !== undefined && value('avg') === null))
      parts.push(`range ${asCell(value('min'), 60)} … ${asCell(value('max'), 60)}`);
    if (value('avg') !== null && value('std') !== null)
      parts.push(`mean ${short(value('avg'))}, std ${short(value('std'))}`);
    if (!hidesRows && !brief && value('q50') !== null)
      parts.push(`quartiles ${short(value('q25'))}, ${short(value('q50'))}, ${short(value('q75'))}`);
  }
  if (top !== undefined) parts.push(`most frequent: ${top}`);
  return `${asName(value('column_name') ?? '')}: ${parts.join('; ')}`;
}

/** An estimate is good to two digits, and there are no more distinct values than values. */
function roughly(estimate: string | null, most: number): string {
  const digits = Number(Number(estimate ?? 0).toPrecision(2));
  return count(Math.min(digits, most));
}

function short(value: string | null): string {
  const number = Number(value);
  return value !== null && Number.isFinite(number) ? String(Number(number.toPrecision(8))) : (value ?? '');
}

/** The most frequent values of columns that repeat; only those with at least `minimum` rows. */
async function topValues(
  sql: SqlPort,
  relation: string,
  columns: readonly Row[],
  minimum: number,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const repeating = columns
    .filter((column) => Number(column['approx_unique']) > 0)
    .filter((column) => Number(column['approx_unique']) <= Math.max(20, present(column) / 2))
    .filter((column) =>
      /^(VARCHAR|ENUM|BOOLEAN|U?(TINY|SMALL|BIG)?INT|INTEGER)/.test(column['column_type'] ?? ''),
    )
    .flatMap((column) =>
      column['column_name'] === null || column['column_name'] === undefined ? [] : [column['column_name']],
    )
    .slice(0, TOP_COLUMNS);
  const found = new Map<string, string>();
  if (repeating.length === 0) return found;
  const branches = repeating.map((name, at) => {
    const column = quoteName(name);
    return `(SELECT ${at} AS c, CAST(${column} AS VARCHAR) AS v, count(*) AS n FROM ${relation} WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) >= ${minimum} ORDER BY n DESC, v LIMIT ${TOP_VALUES})`;
  });
  const page = await rows(
    sql,
    `SELECT c, v, n FROM (${branches.join(' UNION ALL ')}) ORDER BY c, n DESC, v`,
    signal,
  );
  for (const [at, value, n] of page.rows) {
    const name = repeating[Number(at)] ?? '';
    const before = found.get(name);
    const entry = `${asCell(value ?? null, 60)} (${n ?? ''})`;
    found.set(name, before === undefined ? entry : `${before}, ${entry}`);
  }
  return found;
}

/** Tables that are profiled ahead of a run, and how large they may be. */
const SMALL = { tables: 8, rows: 20_000, columns: 25 } as const;
/** Milliseconds that this may take: what is not done then is left to `describe`. */
const AHEAD = 400;

/** Profiles of the small tables, by name. */
export async function profilesOf(
  sql: SqlPort,
  tables: readonly TableInfo[],
  privacy: Privacy,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const small = tables.filter(
    ({ kind, rows: total, columns }) =>
      kind === 'table' && total !== null && total <= SMALL.rows && columns.length <= SMALL.columns,
  );
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(AHEAD)]);
  for (const { name } of small.slice(0, SMALL.tables)) {
    if (bounded.aborted || (await privacy.forProfile(name)) !== null) break;
    try {
      const { text } = await profile(sql, name, privacy, bounded, true);
      found.set(name, text.slice(text.indexOf('\n') + 1));
    } catch (error) {
      // The table is listed all the same, and describe tells what is wrong with it.
      if (signal.aborted) throw error;
    }
  }
  return found;
}
