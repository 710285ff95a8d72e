import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namesIn, quoteAlways } from '../../../database/sql/quote.js';
import type { TableSummary } from '../../../database/types.js';
import { messageOf } from '../../../messageOf.js';
import { fileOf, isTagged, SCRIPT } from './exportedFolder.js';
import { schemaScript, tablesWithOwnKeys } from './schemaScript.js';
import { withFiles } from './withFiles.js';

/**
 * Writes the tables of a closed database file into a folder, each as Parquet, with a script that makes all that it has beside
 * rows. Gives what is not in it, as words for a list.
 */
export function exportTables(home: string, databaseFile: string, folder: string): Promise<readonly string[]> {
  return withFiles(
    home,
    { a: databaseFile },
    async (database) => {
      for (const table of await database.tables()) {
        if (table.kind !== 'table' || !table.name.startsWith('a.')) continue;
        const file = join(folder, fileOf(namesIn(table.name).slice(1)));
        await mkdir(dirname(file), { recursive: true });
        await database.toParquet(exactly(table), file, { author: 'user' });
      }
      try {
        await writeFile(join(folder, SCRIPT), await schemaScript(database, 'a', folder));
      } catch (error) {
        return [`views, macros, keys and defaults of the database (${messageOf(error)})`];
      }
      const own = await tablesWithOwnKeys(database, 'a');
      return own.map((name) => `the foreign key of ${name} to itself`);
    },
    folder,
  );
}

/** All rows of a table, in types of which Parquet loses nothing. */
function exactly({ name, columns }: TableSummary): string {
  const values = columns.flatMap(({ name: column, type }) => {
    const quoted = quoteAlways(column);
    if (isTagged(type)) return [`to_json(${quoted})::VARCHAR AS ${quoted}`];
    return type === 'INTERVAL' ? [`${quoted}::VARCHAR AS ${quoted}`] : [];
  });
  return values.length === 0 ? `FROM ${name}` : `SELECT * REPLACE (${values.join(', ')}) FROM ${name}`;
}
