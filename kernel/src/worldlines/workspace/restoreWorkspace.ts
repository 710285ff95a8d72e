import { open } from 'node:fs/promises';
import { DamagedObjectError, errorCode } from '../errors.js';
import type { WorkspaceRef } from '../journal/records.js';
import { sameContent } from '../objects/content.js';
import { copyHashed } from '../objects/copyHashed.js';
import type { ObjectStore } from '../objects/ObjectStore.js';
import { unpack } from '../objects/pack.js';
import { Folder } from './Folder.js';
import { decodeManifest, type KeptFile, type Manifest } from './manifest.js';
import { walk, WORKSPACE_LIMITS } from './walk.js';
import type { WorkspaceIndex } from './WorkspaceIndex.js';

/** Reads what a workspace held. */
export async function readManifest(ref: WorkspaceRef | null, objects: ObjectStore): Promise<Manifest> {
  return ref === null ? { files: [], folders: [] } : decodeManifest(await objects.readPieces(ref.list));
}

/**
 * Makes a live workspace equal to what was kept: only what differs is removed, replaced or added. Where not all of it could be
 * kept, nothing is removed: it may be what was there.
 */
export async function restoreWorkspace(
  root: string,
  ref: WorkspaceRef | null,
  index: WorkspaceIndex,
  objects: ObjectStore,
): Promise<void> {
  const wanted = await readManifest(ref, objects);
  index.last = null;
  const missing = new Map(wanted.files.map((file) => [file.path, file]));
  const folders = new Set(wanted.folders);
  const surplus: string[] = [];
  const extraFolders: string[] = [];
  await walk(
    root,
    {
      file(path, _name, stat) {
        const want = missing.get(path);
        if (want === undefined) surplus.push(path);
        else if (sameContent(index.contentOf(path, stat), want) && stat.mode === want.mode)
          missing.delete(path);
        return undefined;
      },
      folder: (path) => {
        if (!folders.delete(path)) extraFolders.push(path);
      },
      skipped: () => undefined,
    },
    { ...WORKSPACE_LIMITS, files: Infinity, bytes: Infinity },
  );
  if (ref?.partial !== true) await remove(root, surplus, extraFolders);
  for (const path of folders) await inFolderOf(root, `${path}x`, () => Promise.resolve());
  for (const file of missing.values()) await writeBack(root, file, index, objects);
}

async function remove(root: string, files: readonly string[], folders: string[]): Promise<void> {
  for (const path of files) await inFolderOf(root, path, (folder, name) => folder.removeFile(name));
  for (const path of folders.sort((a, b) => b.length - a.length)) {
    await inFolderOf(root, path.slice(0, -1), (folder, name) => folder.removeFolder(name));
  }
}

async function writeBack(
  root: string,
  kept: KeptFile,
  index: WorkspaceIndex,
  objects: ObjectStore,
): Promise<void> {
  const source = await openObject(kept.id, objects);
  try {
    await inFolderOf(root, kept.path, async (folder, name) => {
      const looked = Date.now();
      const fill = async (target: Awaited<ReturnType<typeof open>>): Promise<void> => {
        const id = kept.packed
          ? await unpack(source, target, kept.bytes)
          : (await copyHashed(source, target, Infinity)).id;
        if (id === kept.id) return;
        await objects.setAside(objects.pathOf(kept.id));
        throw new DamagedObjectError(kept.id);
      };
      const { id, packed } = kept;
      const stat = await folder.replace(name, fill, kept.mode, kept.modified);
      index.note(kept.path, stat, { id, packed }, looked);
    });
  } finally {
    await source.close();
  }
}

async function openObject(id: string, objects: ObjectStore): ReturnType<typeof open> {
  return open(objects.find(id), 'r').catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? new DamagedObjectError(id) : error;
  });
}

async function inFolderOf(
  root: string,
  path: string,
  act: (folder: Folder, name: string) => Promise<void>,
): Promise<void> {
  const steps = path.split('/');
  const name = steps.pop() ?? '';
  let folder = Folder.open(root);
  try {
    for (const step of steps) {
      const inner = await folder.makeFolder(step);
      folder.close();
      folder = inner;
    }
    await act(folder, name);
  } finally {
    folder.close();
  }
}
