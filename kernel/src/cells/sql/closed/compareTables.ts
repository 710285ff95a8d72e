import type { RowDifferences, TableInfo, TablePage } from '../../../contract.js';
import { quoteName } from '../../../database/sql/quote.js';
import type { Database } from '../../../database/types.js';
import { UserError } from '../../errors.js';
import { rowsOf } from './rowsOf.js';

/** Of these tables, those whose rows differ between the attached `a` and `b`. */
export async function changedTables(database: Database, tables: readonly string[]): Promise<string[]> {
  const changed: string[] = [];
  for (const table of tables) {
    const [one, other] = [qualified('a', table), qualified('b', table)];
    const [row] = await rowsOf(
      database,
      `SELECT exists(FROM ${one} EXCEPT ALL FROM ${other}) OR exists(FROM ${other} EXCEPT ALL FROM ${one})`,
    );
    if (row?.[0] === 'true') changed.push(table);
  }
  return changed;
}

/** The first rows of a table that only one of the attached `a` and `b` has, by the columns that both have. */
export async function rowDifferences(
  database: Database,
  table: string,
  count: number,
): Promise<RowDifferences> {
  const { rowsA, rowsB, ...columns } = sidesOf(table, await database.tables());
  const only = async (here: string, there: string): Promise<TablePage> => {
    // In one order on both sides, so that a row and what became of it stand at the same place.
    const sql = `FROM (${here} EXCEPT ALL ${there}) ORDER BY ALL`;
    const [result] = await database.query(sql, { author: 'user', limit: count });
    if (result?.kind !== 'rows') throw new Error(`The rows of ${table} could not be compared.`);
    return { result: '', ...result.page };
  };
  return { onlyA: await only(rowsA, rowsB), onlyB: await only(rowsB, rowsA), ...columns };
}

interface Sides {
  readonly rowsA: string;
  readonly rowsB: string;
  readonly columnsOnlyA: readonly string[];
  readonly columnsOnlyB: readonly string[];
}

/** What selects a table's rows in `a` and in `b`, as far as they can be compared: none where there is no such table. */
function sidesOf(table: string, known: readonly TableInfo[]): Sides {
  const columnsIn = (alias: string): string[] | undefined =>
    known.find(({ name }) => name === qualified(alias, table))?.columns.map(({ name }) => name);
  const [inA, inB] = [columnsIn('a'), columnsIn('b')];
  const all = inA ?? inB;
  if (all === undefined)
    throw new UserError(
      'NotFound',
      `Neither of the two has a table ${table}.`,
      '%compare shows which tables differ.',
    );
  const without = (columns: string[] | undefined, others: string[] | undefined): string[] =>
    columns === undefined || others === undefined ? [] : columns.filter((one) => !others.includes(one));
  const [columnsOnlyA, columnsOnlyB] = [without(inA, inB), without(inB, inA)];
  const both = all.filter((column) => !columnsOnlyA.includes(column)).map(quoteName);
  if (both.length === 0)
    throw new UserError(
      'NotComparable',
      `The two tables ${table} have no column in common: ${all.join(', ')} here, ${columnsOnlyB.join(', ')} there.`,
      '%switch to each, and look at it with %describe.',
    );
  const select = (alias: string): string => `SELECT ${both.join(', ')} FROM ${qualified(alias, table)}`;
  const none = (alias: string): string => `(${select(alias)} LIMIT 0)`;
  return {
    ...{ columnsOnlyA, columnsOnlyB },
    rowsA: inA === undefined ? none('b') : select('a'),
    rowsB: inB === undefined ? none('a') : select('b'),
  };
}

/** A table of an attached database, as the catalogue names it: its main schema goes without saying. */
function qualified(alias: string, table: string): string {
  return `${alias}.${table}`;
}
