import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../../errors.js';
import { Destination, reasonOf, type Existing } from '../../paths/Destination.js';
import { quoteText } from '../../sql/quote.js';
import type { Token } from '../../sql/scan.js';
import type { Piece } from '../../sql/split.js';
import { targetOf } from '../../sql/target.js';
import type { StatementResult } from '../../types.js';
import { replaceTokens } from './replaceTokens.js';

/**
 * Runs a statement of the user's, by way of a `Destination` where it writes a file or folder of the workspace: DuckDB
 * opens a file by its name, and code that still runs in the sandbox could have put a link there since it was looked at.
 */
export async function writeOut(
  workspace: string,
  piece: Piece,
  run: (piece: Piece) => Promise<StatementResult>,
): Promise<StatementResult> {
  const target = targetOf(piece)?.token;
  if (target === undefined || target === null) return run(piece);
  const cannot = (error: unknown): DatabaseError =>
    new DatabaseError('IOError', `'${target.text}' cannot be written: ${reasonOf(error)}.`, piece.sql, null);
  let destination: Destination;
  try {
    destination = Destination.open(workspace, target.text);
  } catch (error) {
    throw cannot(error);
  }
  const { written } = destination;
  try {
    const there = replaceTokens(piece, [{ token: target, sql: quoteText(written), name: written }]);
    const result = await run(there.piece).catch((error: unknown) => {
      throw there.asWritten(error);
    });
    nameInScript(written, target.text);
    try {
      destination.place(existing(piece, target));
    } catch (error) {
      throw cannot(error);
    }
    return JSON.parse(
      JSON.stringify(result).replaceAll(inJson(written), inJson(target.text)),
    ) as StatementResult;
  } finally {
    destination.close();
  }
}

/** The script of an export names the files that it loads by where they were written. */
function nameInScript(written: string, target: string): void {
  const script = join(written, 'load.sql');
  if (!existsSync(script)) return;
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replaceAll(written.replaceAll("'", "''"), target.replaceAll("'", "''")));
}

/** What the options of a COPY say of a folder that is there; an export replaces files of the same name. */
function existing(piece: Piece, target: Token): Existing {
  const options = piece.tokens.slice(piece.tokens.indexOf(target) + 1);
  const says = (name: string): boolean =>
    options.some(
      ({ kind, text }, index) =>
        kind === 'word' && text === name && !['false', '0'].includes(options[index + 1]?.text ?? ''),
    );
  if (says('overwrite')) return 'overwrite';
  const exports = piece.tokens.some(({ kind, text }) => kind === 'word' && text === 'export');
  return exports || says('overwrite_or_ignore') || says('append') ? 'merge' : 'refuse';
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
