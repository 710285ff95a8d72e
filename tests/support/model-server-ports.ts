import type { DataPort, Ports, SqlPort } from '../../kernel/src/agent/ports.js';
import { mayChange } from '../../kernel/src/database/sql/mayChange.js';
import type { Database } from '../../kernel/src/database/types.js';

/** Ports over a real database, without Python: what a person sees is plain text. */
export function databasePorts(
  database: Database,
  more: Partial<Ports> = {},
  files: readonly string[] = [],
): Ports {
  const sql: SqlPort = {
    query: (text, { limit, signal, onResult }) =>
      database.query(text, { author: 'model', limit, signal, ...(onResult && { onResult }) }),
    page: (result, offset, count) => database.page(result, offset, count),
    async tablesOf(text) {
      const { tables, readsData } = await database.sources(text);
      return readsData && tables.length === 0 ? ['a file'] : tables;
    },
    writes: (text) => Promise.resolve(mayChange(text)),
    display: (result) => ({ data: { 'text/plain': JSON.stringify(result) } }),
  };
  const data: DataPort = {
    tables: () => database.tables(),
    files: () => Promise.resolve(files.map((path) => ({ path, bytes: 1000 }))),
    artifacts: () => Promise.resolve([]),
    showFile: (path) => Promise.resolve({ data: { 'text/plain': path } }),
  };
  return {
    sql,
    data,
    python: { problem: 'Docker is not running. Start it.' },
    ask: { ask: () => Promise.resolve(null) },
    explore: null,
    ...more,
  };
}
