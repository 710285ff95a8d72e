import { posix } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { plural } from '../../../counts.js';
import { GateError } from '../../errors.js';
import { checkWords } from '../../sql/gate.js';
import { quoteText } from '../../sql/quote.js';
import { split, type Piece } from '../../sql/split.js';
import type { StatementResult } from '../../types.js';
import { failureOf } from '../failure.js';
import { checkRegular } from './regularFiles.js';

/** What an exported folder has: what makes the tables and what loads them. */
const SCRIPTS = ['schema.sql', 'load.sql'];

/**
 * IMPORT DATABASE: runs the statements of an exported folder one by one, through the gate. DuckDB itself would run
 * whatever stands in its scripts, and code in the sandbox may have written them.
 */
export async function importFolder(
  connection: DuckDBConnection,
  piece: Piece,
  run: (piece: Piece) => Promise<StatementResult>,
): Promise<StatementResult> {
  const started = performance.now();
  const folder = piece.tokens.find((token) => token.kind === 'string')?.text;
  if (folder === undefined) throw new GateError('IMPORT DATABASE needs a folder in quotes.', piece.sql);
  const statements: (readonly [script: string, statement: Piece])[] = [];
  for (const script of SCRIPTS) {
    for (const each of split(await read(connection, posix.join(folder, script))))
      statements.push([script, asItMayRun(each, folder, script)]);
  }
  for (const [script, statement] of statements) {
    try {
      await run(statement);
    } catch (error) {
      throw withoutPosition(error, script);
    }
  }
  const message = `Imported ${folder}, ${plural(statements.length, 'statement')}`;
  return { kind: 'done', message, rowsChanged: null, milliseconds: performance.now() - started };
}

async function read(connection: DuckDBConnection, file: string): Promise<string> {
  const sql = `SELECT content FROM read_text(${quoteText(file)})`;
  checkRegular([file], sql);
  const reader = await connection.runAndReadAll(sql);
  const row = reader.getRows()[0];
  if (row === undefined) throw new Error(`IO Error: No files found that match the pattern "${file}"`);
  return String(row[0]);
}

/** CREATE, and COPY from a file of the folder itself. Throws GateError for what no export writes. */
function asItMayRun(piece: Piece, folder: string, script: string): Piece {
  const { tokens, sql, start } = piece;
  checkWords(piece, 'user', () => false);
  if (tokens[0]?.text === 'create') return piece;
  const from = tokens.findIndex((token) => token.kind === 'word' && token.text === 'from');
  const file = tokens[from + 1];
  if (tokens[0]?.text !== 'copy' || from < 0 || file?.kind !== 'string') {
    const first = tokens[0]?.text.toUpperCase() ?? '';
    throw new GateError(
      `${script} of ${folder} has a statement that no export writes: ${first}. It was not run.`,
      sql,
    );
  }
  const path = quoteText(posix.join(folder, posix.basename(file.text)));
  return split(sql.slice(0, file.start - start) + path + sql.slice(file.end - start))[0] ?? piece;
}

/** An error within a script has no place in the cell. */
function withoutPosition(error: unknown, script: string): unknown {
  if (error instanceof GateError) return error;
  const { type, message } = failureOf(error);
  return new Error(JSON.stringify({ exception_type: type, exception_message: `${message}\n(in ${script})` }));
}
