import type { Page, StatementResult } from '../../database/types.js';
import { aggregateQuery } from './aggregateQuery.js';
import { quoteText } from './dataText.js';
import type { DataPort, SqlPort } from '../ports.js';
import type { Privacy, SqlGuard } from './privacy.js';
import { quantity, pageText } from './resultText.js';
import type { ToolContext } from '../types.js';

/** Rows that an aggregate must stand for. */
const MINIMUM = 10;
const DEADLINE = 120_000;
const ROWS = 200;

/**
 * `--no-rows`: the model sees schemas, and aggregates over enough rows of one table or file that was there when the run
 * began. Everything else runs too, but only the person sees what it gave. It cannot keep a model from narrowing down a
 * row by comparing many aggregates.
 */
export class HiddenRows implements Privacy {
  readonly hidesRows = true;
  readonly minimum: number;
  readonly #data: DataPort;
  #relations: Promise<ReadonlySet<string>> | null = null;
  /** Once Python ran, a file or table may hold anything: aggregates are no longer shown. */
  #pythonRan = false;

  constructor(data: DataPort, minimum = MINIMUM) {
    this.#data = data;
    this.minimum = minimum;
  }

  async forProfile(name: string): Promise<string | null> {
    if (this.#pythonRan)
      return 'Rows are hidden from you, and after Python ran no profiles are shown either.';
    if ((await this.#known()).has(plainName(name))) return null;
    return `Rows are hidden from you: only tables and data files that were there when the run began are profiled, and ${name} is none.`;
  }

  /** Tables and files as they were at the first question: nothing can have been made up to then. */
  #known(): Promise<ReadonlySet<string>> {
    this.#relations ??= Promise.all([this.#data.tables(), this.#data.files()]).then(
      ([tables, files]) =>
        new Set([...tables.map(({ name }) => name), ...files.map(({ path }) => path)].map(plainName)),
    );
    return this.#relations;
  }

  async forSql(sql: SqlPort, text: string, context: ToolContext): Promise<SqlGuard> {
    if (await sql.writes(text))
      return {
        kind: 'refused',
        text: 'Rows are hidden from you in this run, and so you cannot change data: only SELECT runs.',
      };
    const hidden = (why: string): SqlGuard => ({
      kind: 'shown',
      text: `The query ran, and the user sees its result. You are not shown rows: ${why}`,
    });
    if (this.#pythonRan) return hidden('after Python ran, no aggregates are shown either.');
    let tree: unknown;
    try {
      tree = JSON.parse((await one(sql, `SELECT json_serialize_sql(${quoteText(text)})`, context)) ?? 'null');
    } catch {
      return hidden('this is no single SELECT.');
    }
    const query = aggregateQuery(tree);
    if ('problem' in query) return hidden(query.problem);
    if (!(await this.#known()).has(plainName(query.relation)))
      return hidden(
        `aggregates are shown of tables and data files that were there when the run began, and ${query.relation} is none.`,
      );
    const guarded = await one(
      sql,
      `SELECT json_deserialize_sql(${quoteText(JSON.stringify(query.tree))})`,
      context,
    );
    if (guarded === null) return hidden('the query could not be checked.');
    return this.#aggregates(sql, guarded, query.counters, context);
  }

  async #aggregates(sql: SqlPort, query: string, counters: number, context: ToolContext): Promise<SqlGuard> {
    let page: Page | null;
    try {
      page = rowsOf(await sql.query(query, { limit: ROWS, signal: context.signal, deadline: DEADLINE }));
    } catch {
      // The query itself is about to run and to tell what is wrong with it.
      return { kind: 'shown', text: '' };
    }
    if (page === null) return { kind: 'shown', text: 'The query gave no rows.' };
    const width = page.columns.length - counters;
    const enough = page.rows.filter((row) => row.slice(width).every((n) => Number(n) >= this.minimum));
    const withheld = page.rows.length - enough.length;
    const shown: Page = {
      columns: page.columns.slice(0, width),
      rows: enough.map((row) => row.slice(0, width)),
      offset: 0,
      total: enough.length,
    };
    const parts = [pageText(shown, context.step)];
    if (withheld > 0)
      parts.push(`(${quantity(withheld, 'group')} of fewer than ${this.minimum} rows withheld.)`);
    if (page.total > page.rows.length)
      parts.push(`(Only the first ${page.rows.length} groups were looked at.)`);
    return { kind: 'shown', text: parts.join('\n') };
  }

  /** Conversion errors quote values; errors about the query itself quote the query. */
  sqlError(error: unknown): unknown {
    const name = error instanceof Error ? error.name : 'Error';
    if (/^(?:Gate|Parser|Binder|Catalog|Syntax|Notimplemented)Error$/.test(name)) return error;
    return new Error(`${name} (its text is hidden, since it may hold values)`);
  }

  pythonOutput(): string {
    this.#pythonRan = true;
    return 'Python ran, and the user sees its output. You are not shown it.';
  }

  pythonError(name: string, text: string): string {
    this.#pythonRan = true;
    const lines = [...text.matchAll(/line (\d+)/g)].map(([, line]) => line);
    const where = lines.length === 0 ? '' : ` at line ${lines.at(-1) ?? ''}`;
    return `${name}${where} (its text is hidden, since it may hold values)`;
  }
}

const plainName = (name: string): string =>
  name
    .replaceAll('"', '')
    .replace(/^main\./, '')
    .toLowerCase();

function rowsOf(results: readonly StatementResult[]): Page | null {
  const last = results.at(-1);
  return last?.kind === 'rows' ? last.page : null;
}

async function one(sql: SqlPort, query: string, context: ToolContext): Promise<string | null> {
  const results = await sql.query(query, { limit: 1, signal: context.signal, deadline: DEADLINE });
  return rowsOf(results)?.rows[0]?.[0] ?? null;
}
