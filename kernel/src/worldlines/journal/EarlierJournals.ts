import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { plural } from '../../counts.js';
import { NewerStoreError } from '../errors.js';
import type { Graph } from '../graph/Graph.js';
import { Segment } from '../graph/Segment.js';
import { ifExists } from '../store/files.js';
import { liveKernels } from '../store/liveness.js';
import type { StoreFolder } from '../store/StoreFolder.js';
import { Draft } from './index/Draft.js';
import { IndexFile } from './index/IndexFile.js';
import { WORTH_AN_INDEX, writeIndex } from './index/writeIndex.js';
import { JournalFile } from './JournalFile.js';
import { type Damage, decode } from './lines.js';
import { FORMAT } from './records.js';

const NAME = /^(?:![0-9a-z-]+ )?([0-9]{6,})-([0-9a-f-]{36})\.jsonl$/;

/**
 * The journals that other kernels of a notebook wrote; looked at when asked for, and again where they grew. Of a journal
 * with an index only what follows it is read. `prefix` goes before the names of journals of another notebook's store,
 * which is left as it is.
 */
export class EarlierJournals {
  /** How far each journal was taken in. */
  readonly #read = new Map<string, number>();
  readonly #refused = new Set<string>();
  #indexing: Promise<unknown> = Promise.resolve();
  /** Sentences for the person, each once. */
  readonly notes: string[] = [];
  /** Whether some record could not be read, so that not everything in use is known. */
  incomplete = false;
  /** Where a newer version wrote one of them. */
  newer: NewerStoreError | null = null;

  constructor(
    private readonly folder: StoreFolder,
    private readonly own: string,
    private readonly prefix = '',
  ) {}

  async names(): Promise<string[]> {
    const names = await ifExists(readdir(this.folder.journals), []);
    return names.filter((name) => NAME.test(name) && name !== this.own).sort();
  }

  /** Takes everything that was not there the last time into the graph, journal by journal in order. */
  async load(graph: Graph): Promise<void> {
    const live = await liveKernels(this.folder.kernels);
    for (const name of await this.names()) {
      if (!this.#refused.has(name)) await this.#load(name, graph, live.has(kernelOf(name)));
    }
  }

  /** Resolves when no index is being written; never rejects. */
  async indexed(): Promise<void> {
    await this.#indexing;
  }

  async #load(name: string, graph: Graph, live: boolean): Promise<void> {
    const index = this.#read.has(name) || this.prefix !== '' ? null : this.#addIndexed(name, graph);
    const from = this.#read.get(name) ?? 0;
    const path = join(this.folder.journals, name);
    const bytes = await readFrom(path, from);
    if (bytes.length === 0) {
      if (from === 0 && !live) this.#noteEmpty(name);
      return;
    }
    const { records, places, damages, end } = decode(bytes);
    const [first] = records;
    if (first?.t === 'open' && first.format > FORMAT) {
      this.#refused.add(name);
      this.incomplete = true;
      this.newer = new NewerStoreError(
        `What an earlier kernel left of this notebook, ${path},`,
        first.format,
      );
      this.notes.push(this.newer.message);
      return;
    }
    for (const record of records) graph.apply(this.prefix + name, record);
    this.#read.set(name, from + end);
    for (const damage of damages) {
      if (!(damage.tail && live)) this.#note(name, from, damage, bytes);
    }
    if (live || this.prefix !== '' || end < WORTH_AN_INDEX || damages.some((damage) => !damage.tail)) return;
    if (from > 0 && index === null) return;
    const draft = index === null ? new Draft() : Draft.of(index, index.head.kept);
    records.forEach((record, n) => {
      draft.add(record, from + (places[n] ?? 0));
    });
    this.#index(name, from + end, draft, graph);
  }

  /** Takes in what an index says; gives it where there is one that fits its journal. */
  #addIndexed(name: string, graph: Graph): IndexFile | null {
    const path = join(this.folder.journals, name);
    const index = IndexFile.open(this.folder.indexOf(name));
    if (index === null) return null;
    const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    const [first] = index.head.kept;
    if (
      index.head.end > size ||
      first?.t !== 'open' ||
      first.kernel !== kernelOf(name) ||
      first.format > FORMAT
    ) {
      index.close();
      return null;
    }
    const noteAll = (bytes: Buffer, damages: readonly Damage[]): void => {
      for (const damage of damages) this.#note(name, 0, damage, bytes);
    };
    graph.addSegment(new Segment(name, index, new JournalFile(path), noteAll));
    this.#read.set(name, index.head.end);
    return index;
  }

  /** For the next kernel; in the background. */
  #index(name: string, end: number, draft: Draft, graph: Graph): void {
    const lines = [...graph.lines.values()].filter((line) => line.journal === name);
    const written = writeIndex(this.folder.indexOf(name), end, draft, lines);
    // An index saves time and holds nothing of its own: without it the journal is read through again.
    this.#indexing = Promise.allSettled([this.#indexing, written]);
  }

  #noteEmpty(name: string): void {
    this.#refused.add(name);
    this.notes.push(`An earlier session left nothing: its journal ${name} is empty.`);
  }

  #note(name: string, from: number, damage: Damage, bytes: Buffer): void {
    if (!damage.tail) this.incomplete = true;
    const kept = join(this.folder.aside, `${basename(name, '.jsonl')}-${from + damage.at}.damaged`);
    if (existsSync(kept)) return;
    mkdirSync(this.folder.aside, { recursive: true, mode: 0o700 });
    writeFileSync(kept, bytes.subarray(damage.at, damage.at + damage.length));
    const what = damage.tail ? 'The last record of an earlier session was cut off' : 'A record was damaged';
    this.notes.push(
      `${what} (${plural(damage.length, 'byte')}). It was set aside as ${kept}; the rest is here.`,
    );
  }
}

/** The place of the next journal: after all that are there, whatever the clock says. */
export async function nextJournalName(
  folder: StoreFolder,
  kernel: string,
): Promise<{ name: string; runs: number }> {
  const names = await journalNames(folder);
  const last = names.reduce((most, name) => Math.max(most, Number(NAME.exec(name)?.[1] ?? 0)), 0);
  const ordinal = last + 1;
  return { name: `${String(ordinal).padStart(6, '0')}-${kernel}.jsonl`, runs: names.length };
}

/** How many kernels of a notebook have left something. */
export async function runsOf(folder: StoreFolder): Promise<number> {
  return (await journalNames(folder)).length;
}

async function journalNames(folder: StoreFolder): Promise<string[]> {
  return (await ifExists(readdir(folder.journals), [])).filter((name) => NAME.test(name));
}

export function kernelOf(journal: string): string {
  return NAME.exec(journal)?.[2] ?? '';
}

async function readFrom(path: string, position: number): Promise<Buffer> {
  const file = await ifExists(open(path, 'r'), null);
  if (file === null) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - position));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
