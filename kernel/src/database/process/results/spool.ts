import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DuckDBInstance,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBType,
} from '@duckdb/node-api';
import { quoteList, quoteText } from '../../sql/quote.js';
import { plainType } from './typeName.js';

/**
 * Where the rows of results are kept for later pages: an instance of its own, in memory up to a bound and in the temp
 * directory beyond, out of sight of the user's SQL, and outlasting the database's being opened again.
 */
export class Spool {
  readonly #folder: string;
  readonly #workspace: string;
  #open: Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> | null = null;

  constructor(tempDirectory: string, workspace: string) {
    this.#folder = join(tempDirectory, 'results');
    this.#workspace = workspace;
  }

  async connection(): Promise<DuckDBConnection> {
    this.#open ??= this.#start();
    return (await this.#open).connection;
  }

  /** A table of the given types, its columns named c0, c1, …, ready for chunks. */
  async append(table: string, types: readonly DuckDBType[]): Promise<DuckDBAppender> {
    const connection = await this.connection();
    const columns = types.map((type, index) => `c${index} ${plainType(type)}`);
    await connection.run(`CREATE TABLE ${table} (${columns.join(', ')})`);
    return connection.createAppender(table);
  }

  async fill(table: string, types: readonly DuckDBType[], chunk: DuckDBDataChunk): Promise<void> {
    const appender = await this.append(table, types);
    appender.appendDataChunk(chunk);
    appender.closeSync();
  }

  async drop(table: string): Promise<void> {
    if (this.#open) await (await this.connection()).run(`DROP TABLE IF EXISTS ${table}`);
  }

  async close(): Promise<void> {
    if (this.#open) {
      const { instance, connection } = await this.#open;
      connection.closeSync();
      instance.closeSync();
    }
    this.#open = null;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '48MB' });
    const connection = await instance.connect();
    await connection.run(`SET temp_directory = ${quoteText(this.#folder)}`);
    await connection.run(`SET max_temp_directory_size = '4GB'`);
    // Rows are exported into the workspace; nothing else is read or written.
    await connection.run(`SET allowed_directories = ${quoteList([this.#workspace])}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return { instance, connection };
  }
}
