import type { Page } from '../../database/types.js';
import { asCell, asName, quoteName, quoteText } from '../data.js';
import type { SqlPort } from '../ports.js';
import type { Privacy } from '../privacy.js';
import { count, pageText } from '../resultText.js';
import type { Tool, ToolContext } from '../types.js';
import { portError, toolError } from './result.js';

const DEADLINE = 60_000;
/** Columns whose most frequent values are looked up, and how many values of each. */
const TOP_COLUMNS = 24;
const TOP_VALUES = 6;
const SAMPLE = 3;

export function describeTool(sql: SqlPort, privacy: Privacy): Tool {
  return {
    name: 'describe',
    description:
      'Profiles a table, a view, a data file or a Python data frame: per column its type, NULLs, distinct values, range, mean and most frequent values, and a few rows.',
    parameters: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'A table, a file such as sales.csv, or a handle.' },
      },
      required: ['name'],
    },
    async run(args, context) {
      const name = String(args['name']).trim();
      if (name === '') return toolError('Say which table or file.');
      const refusal = await privacy.forProfile(name);
      if (refusal !== null) return toolError(refusal);
      try {
        const relation = await relationOf(sql, name, context);
        const summary = await rows(sql, `SUMMARIZE SELECT * FROM ${relation}`, context);
        const text = await profile(sql, relation, summary, privacy, context);
        return {
          text: `<result of="${context.step}">\n${text}\n</result>`,
          error: false,
          displays: [],
          summary: `${asName(name)}: ${count(summary.rows.length, 'column')}`,
          evidence: { text, tables: [name], literal: false },
        };
      } catch (error) {
        return portError(privacy.sqlError(error), 'Use list_tables to see the names.');
      }
    },
  };
}

/** A file by its quoted name; anything else as the model named it, part by part, where the plain name is not known. */
async function relationOf(sql: SqlPort, name: string, context: ToolContext): Promise<string> {
  const bare = name.replace(/^'(.*)'$/s, '$1');
  if (bare !== name || /\.(csv|tsv|parquet|json|jsonl|ndjson)(\.gz|\.zst)?$/i.test(bare))
    return quoteText(bare);
  const whole = quoteName(name.replace(/^"(.*)"$/s, '$1'));
  try {
    await rows(sql, `SELECT * FROM ${whole} LIMIT 0`, context);
    return whole;
  } catch (error) {
    if (context.signal.aborted || !name.includes('.')) throw error;
    return name
      .split('.')
      .map((part) => quoteName(part.replace(/^"(.*)"$/s, '$1')))
      .join('.');
  }
}

async function rows(sql: SqlPort, text: string, context: ToolContext): Promise<Page> {
  const results = await sql.query(text, { limit: 500, signal: context.signal, deadline: DEADLINE });
  const last = results.at(-1);
  if (last?.kind !== 'rows') throw new Error('The description gave no rows.');
  return last.page;
}

type Row = Readonly<Record<string, string | null>>;

async function profile(
  sql: SqlPort,
  relation: string,
  summary: Page,
  privacy: Privacy,
  context: ToolContext,
): Promise<string> {
  const columns = summary.rows.map((row): Row =>
    Object.fromEntries(summary.columns.map(({ name }, at) => [name, row[at] ?? null])),
  );
  const total = Number(columns[0]?.['count'] ?? 0);
  const top = await topValues(sql, relation, columns, privacy.minimum, context);
  const lines = columns.map((column) =>
    line(column, top.get(column['column_name'] ?? ''), privacy.hidesRows, present(column) >= privacy.minimum),
  );
  const parts = [`${count(total, 'row')} × ${count(columns.length, 'column')}`, ...lines];
  if (!privacy.hidesRows) {
    const sample = await rows(sql, `SELECT * FROM ${relation} LIMIT ${SAMPLE}`, context);
    if (sample.rows.length > 0)
      parts.push(`First rows:\n${pageText({ ...sample, total: sample.rows.length }, context.step)}`);
  }
  return parts.join('\n');
}

/** Values that are not NULL. */
function present(column: Row): number {
  return Math.floor(Number(column['count'] ?? 0) * (1 - Number(column['null_percentage'] ?? 0) / 100));
}

function line(column: Row, top: string | undefined, hidesRows: boolean, enough: boolean): string {
  const value = (field: string) => column[field] ?? null;
  const parts = [value('column_type') ?? '', `${value('null_percentage') ?? '0'}% NULL`];
  if (enough) {
    parts.push(`about ${value('approx_unique') ?? '0'} distinct`);
    if (!hidesRows && value('min') !== null)
      parts.push(`range ${asCell(value('min'), 60)} … ${asCell(value('max'), 60)}`);
    if (value('avg') !== null && value('std') !== null)
      parts.push(`mean ${short(value('avg'))}, std ${short(value('std'))}`);
    if (!hidesRows && value('q50') !== null)
      parts.push(`quartiles ${short(value('q25'))}, ${short(value('q50'))}, ${short(value('q75'))}`);
  }
  if (top !== undefined) parts.push(`most frequent: ${top}`);
  return `${asName(value('column_name') ?? '')}: ${parts.join('; ')}`;
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
  context: ToolContext,
): Promise<Map<string, string>> {
  const repeating = columns
    .filter((column) => Number(column['approx_unique']) > 0)
    .filter((column) => Number(column['approx_unique']) <= Math.max(20, Number(column['count']) / 2))
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
    context,
  );
  for (const [at, value, n] of page.rows) {
    const name = repeating[Number(at)] ?? '';
    const before = found.get(name);
    const entry = `${asCell(value ?? null, 60)} (${n ?? ''})`;
    found.set(name, before === undefined ? entry : `${before}, ${entry}`);
  }
  return found;
}
