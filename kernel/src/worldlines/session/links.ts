import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkResult } from '../../contract.js';
import { refsOf } from '../collect/refs.js';
import { isLinked, type Node } from '../graph/Graph.js';
import { FORMAT, type JournalRecord } from '../journal/records.js';
import { ObjectStore } from '../objects/ObjectStore.js';
import { ifExists, privateFolder, writeWhole } from '../store/files.js';
import { storeBeside, StoreFolder } from '../store/StoreFolder.js';
import { record, type Store } from './Store.js';

export const STORE_ID = /^[0-9a-f]{20}(-format\d+)?$/;

/**
 * Notes that this notebook was renamed, moved or copied from one with another store, and says which. That store is only
 * read: a copy and its original never write to one session.
 */
export async function linkStore(
  store: Store,
  id: string,
  notebook: string | null,
): Promise<LinkResult['relation']> {
  if (id === store.folder.id) return 'same';
  if (!STORE_ID.test(id)) return 'unknown';
  const other = new StoreFolder(store.folder.home, id);
  if (!existsSync(other.path)) return 'unknown';
  const link = join(await privateFolder(store.folder.links), id);
  const path = await notebookOf(other);
  const relation = path !== null && (await isIn(path, notebook)) ? 'copied' : 'moved';
  if (!existsSync(link)) {
    await writeWhole(link, '');
    const from = path ?? 'another place';
    store.notes.push(
      relation === 'moved'
        ? `This notebook was moved here from ${from}. Its earlier worldlines came along: %resume goes on with the last.`
        : `This notebook is a copy of ${from}. %resume goes on with the last of its worldlines here; the original keeps its own.`,
    );
  }
  return relation;
}

/** Whether the notebook that this one came from is still there, and not another one in its place. */
async function isIn(path: string, notebook: string | null): Promise<boolean> {
  const text = await ifExists(readFile(path, 'utf8'), null);
  if (text === null || notebook === null) return text !== null;
  try {
    const { metadata } = JSON.parse(text) as { metadata?: { worldline?: { notebook?: unknown } } };
    return metadata?.worldline?.notebook === notebook;
  } catch {
    return true; // what cannot be read may be it
  }
}

/** Whether another notebook goes on from a store: one that was in this one's place, or a copy of it. */
export async function isGoneOnFrom({ home, id }: StoreFolder): Promise<boolean> {
  const names = await ifExists(readdir(join(home, 'notebooks')), []);
  return names.some((name) => existsSync(join(new StoreFolder(home, name).links, id)));
}

/** Where the notebook of a store was when the store was made; null where its description is damaged. */
export async function notebookOf(folder: StoreFolder): Promise<string | null> {
  try {
    const { path } = JSON.parse(await readFile(folder.about, 'utf8')) as { path?: unknown };
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

const looking = new WeakMap<Store, Set<string>>();

/** The stores that this notebook's worldlines may come from, nearest first; their objects can be read from now on. */
export async function linkedStores(store: Store): Promise<StoreFolder[]> {
  const known = looking.get(store) ?? new Set([store.folder.id]);
  looking.set(store, known);
  const found: StoreFolder[] = [];
  const seen = new Set([store.folder.id]);
  const follow = async (folder: StoreFolder): Promise<void> => {
    for (const id of [...besides(folder), ...(await ifExists(readdir(folder.links), []))]) {
      if (!STORE_ID.test(id) || seen.has(id)) continue;
      seen.add(id);
      const other = new StoreFolder(store.folder.home, id);
      found.push(other);
      if (!known.has(id)) {
        known.add(id);
        store.objects.lookAlsoIn(new ObjectStore(other.objects, store.folder.aside));
        store.databases.lookAlsoIn(other.clones);
      }
      await follow(other);
    }
  };
  await follow(store.folder);
  return found;
}

/** Where older versions worked while this store was too new for them. */
function besides(folder: StoreFolder): string[] {
  const formats = Array.from({ length: FORMAT }, (_, index) => storeBeside(folder.id, index + 1));
  return formats.filter((id) => existsSync(new StoreFolder(folder.home, id).path));
}

/**
 * Takes a checkpoint of a linked store over, with all that came before it, so that the worldline `into` no longer
 * needs that store. Files are hard-linked: objects never change.
 */
export async function bringOver(store: Store, node: Node, into: string): Promise<void> {
  const foreign: Node[] = [];
  for (const one of store.graph.ancestry(node)) {
    if (!isLinked(one.journal)) break;
    foreign.push(one);
  }
  if (foreign.length === 0) return;
  const refs = await refsOf(store, foreign);
  const { objects, databases } = store;
  for (const id of refs.objects) await objects.bring((from) => from.pathOf(id));
  for (const id of refs.variables) await objects.bring((from) => from.variablePath(id));
  for (const file of refs.clones) await databases.bring(file);
  await objects.settle();
  const records = foreign.reverse().flatMap(({ record: one, saved }): JournalRecord[] => {
    const copy = { ...one, worldline: into };
    return saved === null ? [copy] : [copy, saved];
  });
  record(store, ...records);
}
