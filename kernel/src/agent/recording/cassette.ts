import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Usage } from '../../contract.js';
import { messageOf } from '../../messageOf.js';
import type { ToolTurn } from '../types.js';
import { ProviderError } from '../providers/errors.js';

/**
 * Recorded model turns, as a JSON file that reads well in a diff. It holds what a model said, and of each tool result a
 * digest and its beginning: on replay the tools run for real, and a result that differs is told. It holds no keys and
 * nothing that was sent to the model.
 */
export interface Cassette {
  readonly cassette: typeof FORMAT;
  readonly cells: readonly RecordedCell[];
}
export interface RecordedCell {
  /** Hash of the cell's source; see `cellHash`. */
  readonly cell: string;
  /** Its place among the ask cells of the session: it tells cells with the same source apart. */
  readonly position: number;
  /** The first line of the source, for the reader. */
  readonly title: string;
  readonly provider: string;
  readonly model: string;
  readonly turns: readonly RecordedTurn[];
}
export interface RecordedTurn {
  readonly text: string;
  readonly calls: readonly RecordedCall[];
  readonly stop: 'end' | 'calls' | 'length';
  readonly usage: Usage;
}
export interface RecordedCall {
  readonly id: string;
  readonly name: string;
  /** An object, or text where the model wrote no valid JSON. */
  readonly arguments: unknown;
  /** Absent for a call after which the model was not asked again. */
  readonly result?: RecordedResult;
}
export interface RecordedResult {
  readonly digest: string;
  readonly begins: string;
  readonly error?: true;
}

const FORMAT = 1;

/** How a question is broken into lines and indented does not count. */
export function cellHash(source: string): string {
  const plain = source.replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(plain).digest('hex').slice(0, 16);
}

/** What is stored of a result. Handles and memory addresses differ from run to run, and don't count. */
export function recordedResult({ text, error }: ToolTurn): RecordedResult {
  const plain = text
    .replace(/^\[r\d+\] /, '')
    .replace(/<result of="r\d+">/g, '<result>')
    .replace(/\bThe whole result is r\d+\./g, '')
    .replace(/\b0x[0-9a-f]{6,}\b/gi, '0x…');
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, 16);
  const inner = plain.replace(/<\/?result>\n?/g, '').trim();
  const begins = inner.length > 160 ? `${inner.slice(0, 160)}…` : inner;
  return { digest, begins, ...(error ? { error: true as const } : {}) };
}

/** Reads a cassette; null where there is no such file. Throws a ProviderError that says what is wrong with it. */
export async function readCassette(path: string): Promise<Cassette | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ProviderError('settings', `The recorded turns in ${path} cannot be read: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProviderError(
      'settings',
      `${path} is not valid JSON. Record it again with WORLDLINE_TURNS=record.`,
    );
  }
  const cassette = value as Partial<Cassette>;
  if (cassette.cassette !== FORMAT || !Array.isArray(cassette.cells))
    throw new ProviderError(
      'settings',
      `${path} holds no recorded turns of format ${FORMAT}. Record it again with WORLDLINE_TURNS=record.`,
    );
  return value as Cassette;
}

const writing = new Map<string, Promise<void>>();

/** Puts a cell's recording into the file, in the place of an earlier one; writers of one file take turns. */
export function writeCell(path: string, cell: RecordedCell): Promise<void> {
  const before = writing.get(path) ?? Promise.resolve();
  const next = before
    .catch(() => undefined)
    .then(async () => {
      const cells = [...((await readCassette(path))?.cells ?? [])];
      const at = cells.findIndex((other) => other.cell === cell.cell && other.position === cell.position);
      if (at === -1) cells.push(cell);
      else cells[at] = cell;
      const cassette: Cassette = { cassette: FORMAT, cells };
      await mkdir(dirname(path), { recursive: true });
      const aside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
      await writeFile(aside, `${JSON.stringify(cassette, null, 2)}\n`);
      await rename(aside, path);
    });
  writing.set(path, next);
  return next;
}
