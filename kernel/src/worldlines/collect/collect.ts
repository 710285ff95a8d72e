import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarlierJournals } from '../journal/EarlierJournals.js';
import { kernelOf } from '../journal/EarlierJournals.js';
import { record, type Store } from '../session/Store.js';
import { ifExists } from '../store/files.js';
import { liveKernels } from '../store/liveness.js';
import type { Collected, CollectOptions } from '../types.js';
import { choose } from './choose.js';
import { beginCollecting } from './gate.js';
import { type Held, type Refs, refsOf } from './refs.js';
import { sizesOf } from './sizes.js';

/**
 * Removes what nothing leads to any more. The caller has loaded every journal and holds back commits meanwhile. While
 * another kernel of the notebook may run, or some record could not be read, nothing is removed.
 */
export async function collect(
  store: Store,
  earlier: EarlierJournals,
  options: CollectOptions,
  open: ReadonlySet<string>,
  held: Held,
): Promise<Collected> {
  const before = await sizesOf(store.folder);
  const nothing = (note: string): Collected => {
    return { before, after: before, worldlines: [], checkpoints: 0, notes: [note] };
  };
  const end = await beginCollecting(store.folder.collecting);
  if (end === null) return nothing('Another kernel of this notebook is cleaning up.');
  try {
    const others = await liveKernels(store.folder.kernels);
    others.delete(kernelOf(store.own));
    if (others.size > 0) {
      return nothing('Another kernel of this notebook is running. Shut it down to clean up.');
    }
    if (earlier.incomplete) {
      return nothing('Some records of this notebook could not be read, so it is not known what is in use.');
    }
    const { lines, keep, drop } = choose(store, options, open, before.total);
    const refs = await refsOf(store, keep, { held, signal: options.signal });
    if (lines.length > 0 || drop.length > 0) {
      record(store, {
        ...{ t: 'drop', worldlines: lines.map((line) => line.id) },
        checkpoints: drop.map((node) => node.record.id),
      });
      await store.journal.sync();
    }
    await sweep(store, refs);
    await sweepLive(store, open);
    await sweepJournals(store, earlier);
    const after = await sizesOf(store.folder);
    // A blank one gave way to one that was resumed: nobody misses it.
    const worldlines = lines.filter(({ cells }) => cells > 0).map(({ name }) => name);
    return { before, after, worldlines, checkpoints: drop.length, notes: [] };
  } finally {
    await end();
  }
}

async function sweep(store: Store, refs: Refs): Promise<void> {
  const { objects, folder } = store;
  for (const part of await ifExists(readdir(objects.folder), [])) {
    const path = join(objects.folder, part);
    const isUsed = (name: string): boolean =>
      part === 'variables' ? refs.variables.has(name) : refs.objects.has(part + name);
    const names = await readdir(path);
    const unused = names.filter((name) => !isUsed(name));
    for (const name of unused) await rm(join(path, name), { force: true });
    // Empty folders take disk as well. That of the variables is mounted into sandboxes.
    if (unused.length === names.length && part !== 'variables') await rmdir(path);
  }
  for (const name of await ifExists(readdir(folder.clones), [])) {
    if (!refs.clones.has(name)) await rm(join(folder.clones, name), { force: true });
  }
}

/** Live files of kernels that are gone, unless they are all that is left of a worldline's last state. */
async function sweepLive(store: Store, open: ReadonlySet<string>): Promise<void> {
  for (const id of await ifExists(readdir(store.folder.live), [])) {
    if (open.has(id)) continue;
    const line = store.graph.lines.get(id);
    const head = line === undefined ? undefined : store.graph.node(line.head);
    if (head?.saved === null && head.record.kind !== 'root') continue;
    await rm(store.folder.liveOf(id), { recursive: true, force: true });
  }
}

/** Journals of which nothing is left. One that tells of others, as by what it dropped of them, goes after those. */
async function sweepJournals(store: Store, earlier: EarlierJournals): Promise<void> {
  const used = new Set<string>();
  for (const { journal } of store.graph.nodes()) used.add(journal);
  for (const { journal } of store.graph.lines.values()) used.add(journal);
  const names = await earlier.names();
  const there = new Set([store.own, ...names]);
  for (const name of names) {
    if (used.has(name) || [...store.graph.speaksOf(name)].some((other) => there.has(other))) continue;
    await rm(join(store.folder.journals, name), { force: true });
    await rm(store.folder.indexOf(name), { force: true });
  }
}
