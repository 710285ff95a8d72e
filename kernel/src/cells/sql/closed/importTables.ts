import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteAlways, quoteName, quoteText } from '../../../database/sql/quote.js';
import type { Database } from '../../../database/types.js';
import { messageOf } from '../../../messageOf.js';
import { isTagged, namesOf, ROWS, SCRIPT } from './exportedFolder.js';
import { readScript, type ScriptStatement } from './readScript.js';

/** Why a statement failed, of those that did. */
type Failed = ReadonlyMap<ScriptStatement, string>;

/**
 * Makes the tables of an exported folder in a worldline's database, and all that its script makes beside them. Gives sentences
 * for what could not be made. Throws where rows cannot be read.
 */
export async function importTables(database: Database, folder: string): Promise<readonly string[]> {
  const path = join(folder, SCRIPT);
  const { first, then, foreign } = readScript(existsSync(path) ? await readFile(path, 'utf8') : '');
  const files = new Map(
    (await filesIn(folder)).map((file) => [namesOf(file).map(quoteName).join('.'), file]),
  );
  const failed = await makeAll(database, first);
  const notes = [
    ...foreign.map((sql) => `${SCRIPT} has a statement that no export writes, which was not run: ${sql} …`),
    ...whatIsMissing(failed, files),
  ];
  // In the order of the script, so that rows are there before those that refer to them.
  for (const table of first) {
    const file = files.get(table.name);
    if (table.kind !== 'table' || file === undefined || failed.has(table)) continue;
    await fill(database, table, join(folder, file));
    files.delete(table.name);
  }
  for (const file of files.values()) await load(database, namesOf(file), join(folder, file));
  return [...notes, ...whatIsMissing(await makeAll(database, then), files)];
}

/** Files of rows in the folder, and in those of its schemas. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const inSchemas = below.map(async (name) =>
    (await readdir(join(folder, name))).map((file) => join(name, file)),
  );
  const all = [...entries.map(({ name }) => name), ...(await Promise.all(inSchemas)).flat()];
  return all.filter((name) => name.endsWith(ROWS));
}

/** Runs statements in any order in which they can be run: DuckDB writes views by their names, whichever reads another. */
async function makeAll(database: Database, statements: readonly ScriptStatement[]): Promise<Failed> {
  let left = new Map<ScriptStatement, string>(statements.map((one) => [one, '']));
  for (;;) {
    const failed = new Map<ScriptStatement, string>();
    for (const statement of left.keys()) {
      try {
        // As the model's: what the script names is not granted for being named in it.
        await database.query(statement.sql, { author: 'model' });
      } catch (error) {
        failed.set(statement, messageOf(error).split('\n')[0] ?? '');
      }
    }
    if (failed.size === left.size || failed.size === 0) return failed;
    left = failed;
  }
}

function whatIsMissing(failed: Failed, files: ReadonlyMap<string, string>): string[] {
  return [...failed].map(([{ kind, name }, why]) =>
    kind === 'table' && files.has(name)
      ? `The table ${name} has its rows, and neither keys nor defaults: ${why}`
      : `The ${kind} ${name} could not be made: ${why}`,
  );
}

/** Puts rows into a table that the script made. */
async function fill(database: Database, { name, generated }: ScriptStatement, file: string): Promise<void> {
  const table = (await database.keptTables()).find((one) => one.name === name);
  const columns = table?.columns.filter((column) => !generated.includes(column.name)) ?? [];
  const names = columns.map((column) => quoteAlways(column.name)).join(', ');
  const values = columns.map(({ name: column, type }) =>
    isTagged(type) ? `${quoteAlways(column)}::JSON` : quoteAlways(column),
  );
  const rows = `SELECT ${values.join(', ')} FROM read_parquet(${quoteText(file)})`;
  await database.query(`INSERT INTO ${name} (${names}) ${rows}`, { author: 'user' });
}

/** Makes a table of rows alone. */
async function load(database: Database, names: readonly string[], file: string): Promise<void> {
  const [table = '', schema] = [...names].reverse();
  const author = 'user';
  if (schema !== undefined) {
    const quoted = quoteAlways(schema);
    await database.query(`CREATE SCHEMA IF NOT EXISTS ${quoted}; USE ${quoted}`, { author });
  }
  await database.load(file, { table });
  if (schema !== undefined) await database.query('USE main', { author });
}
