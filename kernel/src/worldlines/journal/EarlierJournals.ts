import { existsSync } from 'node:fs';
import { open, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NewerStoreError } from '../errors.js';
import { ifExists, privateFolder } from '../store/files.js';
import { liveKernels } from '../store/liveness.js';
import type { StoreFolder } from '../store/StoreFolder.js';
import { type Damage, decode } from './lines.js';
import { FORMAT, type JournalRecord } from './records.js';

type Apply = (journal: string, record: JournalRecord) => void;

const NAME = /^(?:![0-9a-z-]+ )?([0-9]{6,})-([0-9a-f-]{36})\.jsonl$/;

/**
 * The journals that other kernels of a notebook wrote; read when asked for, and again where they grew. `prefix` goes
 * before the names of journals of another notebook's store.
 */
export class EarlierJournals {
  readonly #read = new Map<string, number>();
  readonly #refused = new Set<string>();
  /** Sentences for the person, each once. */
  readonly notes: string[] = [];
  /** Whether some record could not be read, so that not everything in use is known. */
  incomplete = false;

  constructor(
    private readonly folder: StoreFolder,
    private readonly own: string,
    private readonly prefix = '',
  ) {}

  async names(): Promise<string[]> {
    const names = await ifExists(readdir(this.folder.journals), []);
    return names.filter((name) => NAME.test(name) && name !== this.own).sort();
  }

  /** Hands every record that was not read before to `apply`, journal by journal in order. */
  async load(apply: Apply): Promise<void> {
    const live = await liveKernels(this.folder.kernels);
    for (const name of await this.names()) {
      if (!this.#refused.has(name)) await this.#load(name, apply, live.has(kernelOf(name)));
    }
  }

  async #load(name: string, apply: Apply, live: boolean): Promise<void> {
    const from = this.#read.get(name) ?? 0;
    const bytes = await readFrom(join(this.folder.journals, name), from);
    if (bytes.length === 0) {
      if (from === 0 && !live) this.#noteEmpty(name);
      return;
    }
    const { records, damages, end } = decode(bytes);
    const [first] = records;
    if (first?.t === 'open' && first.format > FORMAT) {
      this.#refused.add(name);
      this.incomplete = true;
      this.notes.push(new NewerStoreError('An earlier session of this notebook', first.format).message);
      return;
    }
    for (const record of records) apply(this.prefix + name, record);
    this.#read.set(name, from + end);
    for (const damage of damages) {
      if (!(damage.tail && live)) await this.#note(name, from, damage, bytes);
    }
  }

  #noteEmpty(name: string): void {
    this.#refused.add(name);
    this.notes.push(`An earlier session left nothing: its journal ${name} is empty.`);
  }

  async #note(name: string, from: number, damage: Damage, bytes: Buffer): Promise<void> {
    if (!damage.tail) this.incomplete = true;
    const kept = join(this.folder.aside, `${basename(name, '.jsonl')}-${from + damage.at}.damaged`);
    if (existsSync(kept)) return;
    await privateFolder(this.folder.aside);
    await writeFile(kept, bytes.subarray(damage.at, damage.at + damage.length));
    const what = damage.tail ? 'The last record of an earlier session was cut off' : 'A record was damaged';
    this.notes.push(`${what} (${damage.length} bytes). It was set aside as ${kept}; the rest is here.`);
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
