import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSnapshots } from '../database/DatabaseSnapshots.js';
import { NewerStoreError } from '../errors.js';
import { Graph, type Line } from '../graph/Graph.js';
import { nextJournalName, runsOf } from '../journal/EarlierJournals.js';
import { OwnIndex } from '../journal/index/OwnIndex.js';
import { JournalWriter } from '../journal/JournalWriter.js';
import { FORMAT } from '../journal/records.js';
import { ObjectStore } from '../objects/ObjectStore.js';
import { ifExists, privateFolder, writeWhole } from '../store/files.js';
import { afterCrash } from '../store/afterCrash.js';
import { takeWord } from '../store/farewell.js';
import { lockKernel } from '../store/liveness.js';
import { storeBeside, StoreFolder, storeId } from '../store/StoreFolder.js';
import type { NotebookIdentity } from '../types.js';
import { linkedStores } from './links.js';
import type { Store } from './Store.js';

export interface OpenedStore {
  readonly store: Store;
  /** Earlier runs of this notebook, and of those that it came from. */
  readonly runs: number;
  /** This kernel's lock, to be removed at the end. */
  readonly lock: string;
}

/** Opens a notebook's store. It reads no journal, so that it takes as long with ten checkpoints as with ten thousand. */
export async function openStore(
  home: string,
  notebook: NotebookIdentity,
  kernel: string,
): Promise<OpenedStore> {
  const { folder, newer } = await usable(home, storeId(notebook));
  const notes = newer === null ? [] : [newer.message];
  await privateFolder(folder.path);
  if (!existsSync(folder.about)) {
    await writeWhole(folder.about, JSON.stringify({ format: FORMAT, ...notebook }));
  }
  const objects = new ObjectStore(folder.objects, folder.aside);
  mkdirSync(objects.variables, { recursive: true, mode: 0o755 });
  const { note, synced } = await afterCrash(folder, objects);
  if (note !== null) notes.push(note);
  const word = await takeWord(folder);
  if (word !== null) notes.push(word);
  const lock = await lockKernel(folder.kernels, kernel);
  const { name, runs } = await nextJournalName(folder, kernel);
  const journal = new JournalWriter(join(folder.journals, name), {
    ...{ t: 'open', format: FORMAT, kernel, time: Date.now() },
  });
  const databases = new DatabaseSnapshots(objects, folder.clones);
  const graph = new Graph();
  const ownLines = (): Iterable<Line> => [...graph.lines.values()].filter((line) => line.journal === name);
  const index = new OwnIndex(folder.indexOf(name), journal, ownLines);
  const idle = Promise.resolve();
  const store: Store = {
    ...{ folder, objects, databases, graph, journal, index, own: name, newer, notes },
    ...{ gate: idle, checking: synced, pending: new Map() },
  };
  const linked = await Promise.all((await linkedStores(store)).map(runsOf));
  return { store, runs: linked.reduce((sum, more) => sum + more, runs), lock };
}

/** The notebook's folder; one beside it where a newer version has taken that. */
async function usable(
  home: string,
  id: string,
): Promise<{ folder: StoreFolder; newer: NewerStoreError | null }> {
  const folder = new StoreFolder(home, id);
  const format = await formatOf(folder);
  if (format <= FORMAT) return { folder, newer: null };
  const newer = new NewerStoreError(`The store of this notebook, ${folder.path},`, format);
  return { folder: new StoreFolder(home, storeBeside(id, FORMAT)), newer };
}

/** A damaged description says nothing about the rest: the journals have their own. */
async function formatOf(folder: StoreFolder): Promise<number> {
  const text = await ifExists(readFile(folder.about, 'utf8'), null);
  try {
    const about = JSON.parse(text ?? '{}') as { format?: unknown };
    return typeof about.format === 'number' ? about.format : FORMAT;
  } catch {
    return FORMAT;
  }
}
