import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { OneByOne } from '../../../OneByOne.js';
import { ResultGoneError } from '../../errors.js';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { CellText, Column, ColumnKind, Page, PageOptions } from '../../types.js';
import { Spool } from './spool.js';
import { kindOf, textOf } from './text.js';
import { typeName } from './typeName.js';

const KEPT_RESULTS = 20;
/** What is written without capital letters. */
const WITHOUT_CAPITALS = new Set<ColumnKind>(['number', 'boolean']);

/** A result whose rows can still be paged through. */
interface Held {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly types: readonly DuckDBType[];
  /** The whole result, where it came in one chunk and no page of it was asked for yet. */
  chunk: DuckDBDataChunk | null;
  spooled: boolean;
  total: number;
  /** The rows that pass the last filter: by their numbers, in the table `matchesOf`. */
  matches: { readonly filter: string; readonly total: number } | null;
}

/** Writes the rows of one result away as they come. */
export interface ResultWriter {
  append(chunk: DuckDBDataChunk): void;
  end(total: number): Promise<void>;
}

/** The latest results of this process, for paging, sorting and filtering without running them again. */
export class Results {
  readonly #held = new Map<string, Held>();
  readonly #spool: Spool;
  #next = 1;
  /** Pages share what was found for a filter. */
  readonly #pages = new OneByOne();

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** Takes note of a new result; its id names it from now on. */
  add(columns: readonly Column[], types: readonly DuckDBType[]): string {
    const id = `${process.pid.toString(36)}-${this.#next}`;
    this.#held.set(id, {
      table: `r${this.#next}`,
      columns,
      types,
      chunk: null,
      spooled: false,
      total: 0,
      matches: null,
    });
    this.#next += 1;
    return id;
  }

  /** A result that came in one chunk. */
  keep(id: string, chunk: DuckDBDataChunk | null, total: number): void {
    const held = this.#get(id);
    held.chunk = chunk;
    held.total = total;
  }

  /** Takes the chunks of a larger result. Where they cannot be spooled, for their size or type, they are counted only. */
  async write(id: string): Promise<ResultWriter> {
    const held = this.#get(id);
    let appender: DuckDBAppender | null = await this.#spool.append(held.table, held.types).catch(() => null);
    const attempt = (work: (open: DuckDBAppender) => void): void => {
      try {
        if (appender) work(appender);
      } catch {
        appender = null; // the spool is full: pages beyond the first answer ResultGoneError
      }
    };
    return {
      append: (chunk) => {
        attempt((open) => {
          open.appendDataChunk(chunk);
        });
      },
      end: async (total) => {
        attempt((open) => {
          open.closeSync();
        });
        if (appender === null) await this.forget(id);
        held.spooled = true;
        held.total = total;
      },
    };
  }

  /** The rows of this result cannot be held. */
  async forget(id: string): Promise<void> {
    const held = this.#held.get(id);
    this.#held.delete(id);
    if (!held) return;
    await this.#spool.drop(held.table);
    await this.#spool.drop(matchesOf(held));
  }

  /** Lets go of the oldest results beyond those kept. */
  async trim(): Promise<void> {
    for (const id of [...this.#held.keys()].slice(0, Math.max(0, this.#held.size - KEPT_RESULTS))) {
      await this.forget(id);
    }
  }

  page(id: string, offset: number, count: number, options: PageOptions): Promise<Page> {
    return this.#pages.next(() => this.#page(id, offset, count, options));
  }

  async #page(id: string, offset: number, count: number, { filter = '', ...by }: PageOptions): Promise<Page> {
    if (![offset, count].every((each) => Number.isSafeInteger(each) && each >= 0))
      throw new RangeError('A page begins at a row, and has a number of rows.');
    const held = this.#get(id);
    await this.#spoolChunk(held);
    if (!held.spooled) {
      if (held.total === 0) return { columns: held.columns, rows: [], offset, total: 0 };
      throw new ResultGoneError();
    }
    const connection = await this.#spool.connection();
    const total = filter === '' ? held.total : await countMatches(connection, held, filter);
    const at = held.columns.findIndex((column) => column.name === by.order);
    const inPage = `rowid >= ${offset} AND rowid < ${offset + count}`;
    const matches = filter === '' ? '' : `WHERE rowid IN (SELECT n FROM ${matchesOf(held)}`;
    const plain = filter === '' ? `WHERE ${inPage}` : `${matches} WHERE ${inPage}) ORDER BY rowid`;
    const ordered =
      `${matches}${matches === '' ? '' : ')'} ORDER BY c${at} ${by.descending === true ? 'DESC' : 'ASC'} NULLS LAST, rowid ` +
      `LIMIT ${count} OFFSET ${offset}`;
    const result = await connection.run(`SELECT * FROM ${held.table} ${at < 0 ? plain : ordered}`);
    const rows: CellText[][] = [];
    for (const chunk of await result.fetchAllChunks())
      rows.push(...rowsOf(chunk, held.types, chunk.rowCount));
    return { columns: held.columns, rows, offset, total };
  }

  /** Writes every row as Parquet under the result's own column names; of two alike, the later one gets a number. */
  async exportTo(id: string, file: string): Promise<{ rows: number }> {
    const held = this.#get(id);
    await this.#spoolChunk(held);
    if (!held.spooled) {
      if (held.total > 0) throw new ResultGoneError();
      (await this.#spool.append(held.table, held.types)).closeSync();
      held.spooled = true;
    }
    const names = distinctNames(held.columns.map(({ name }) => name));
    const columns = names.map((name, index) => `c${index} AS ${quoteAlways(name)}`).join(', ');
    const connection = await this.#spool.connection();
    await connection.run(
      `COPY (SELECT ${columns} FROM ${held.table} ORDER BY rowid) TO ${quoteText(file)} (FORMAT parquet)`,
    );
    return { rows: held.total };
  }

  async #spoolChunk(held: Held): Promise<void> {
    if (held.spooled || held.chunk === null) return;
    await this.#spool.fill(held.table, held.types, held.chunk);
    held.chunk = null;
    held.spooled = true;
  }

  #get(id: string): Held {
    const held = this.#held.get(id);
    if (!held) throw new ResultGoneError();
    return held;
  }
}

/** Names as DuckDB takes them in one table: letter case does not tell them apart. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const wanted = name === '' ? `column${index}` : name;
    let free = wanted;
    for (let number = 1; taken.has(free.toLowerCase()); number++) free = `${wanted}_${number}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function matchesOf({ table }: Held): string {
  return `${table}_matches`;
}

/** Looks for the rows that pass a filter, once for all their pages. */
async function countMatches(connection: DuckDBConnection, held: Held, filter: string): Promise<number> {
  if (held.matches?.filter === filter) return held.matches.total;
  held.matches = null;
  const needle = `lower(${quoteText(filter)})`;
  const tests = held.columns.map(({ kind }, index) => {
    const text = `c${index}::VARCHAR`;
    return `contains(${WITHOUT_CAPITALS.has(kind) ? text : `lower(${text})`}, ${needle})`;
  });
  await connection.run(
    `CREATE OR REPLACE TABLE ${matchesOf(held)} AS SELECT rowid AS n FROM ${held.table} WHERE ${tests.join(' OR ')}`,
  );
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${matchesOf(held)}`);
  const total = Number(counted.getRows()[0]?.[0] ?? 0);
  held.matches = { filter, total };
  return total;
}

/** The first `count` rows of a chunk as text. */
export function rowsOf(chunk: DuckDBDataChunk, types: readonly DuckDBType[], count: number): CellText[][] {
  const rows = Array.from({ length: Math.min(count, chunk.rowCount) }, (): CellText[] => []);
  types.forEach((type, column) => {
    const vector = chunk.getColumnVector(column);
    rows.forEach((row, index) => row.push(textOf(vector.getItem(index), type)));
  });
  return rows;
}

export function columnsOf(names: readonly string[], types: readonly DuckDBType[]): Column[] {
  return types.map((type, index) => ({ name: names[index] ?? '', type: typeName(type), kind: kindOf(type) }));
}
