import type { Host } from '../../../worldlines/types.js';
import { changedTables, rowDifferences } from './compareTables.js';
import { exportTables } from './exportTables.js';
import { withFiles } from './withFiles.js';

type Ports = Required<Pick<Host, 'changedTables' | 'rowDifferences' | 'exportTables'>>;

/** Looks into database files that no worldline has open: a scratch database attaches them for reading. */
export function closedDatabases(home: string): Ports {
  return {
    changedTables: (a, b, tables) => withFiles(home, { a, b }, (database) => changedTables(database, tables)),
    rowDifferences: (a, b, table, count) =>
      withFiles(home, { a, b }, (database) => rowDifferences(database, table, count)),
    exportTables: (databaseFile, folder) => exportTables(home, databaseFile, folder),
  };
}
