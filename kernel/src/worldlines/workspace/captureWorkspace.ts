import { setTimeout } from 'node:timers/promises';
import { describe, errorCode } from '../errors.js';
import type { WorkspaceRef } from '../journal/records.js';
import type { Content } from '../objects/content.js';
import type { ObjectStore, Tally } from '../objects/ObjectStore.js';
import type { FileStat, Folder } from './Folder.js';
import { encodeManifest, type KeptFile } from './manifest.js';
import { type Skipped, walk, WORKSPACE_LIMITS, type WorkspaceLimits } from './walk.js';
import { settlesIn, type WorkspaceIndex } from './WorkspaceIndex.js';

/** Bytes of a file that take longer to be read twice than to be waited for. */
const LARGE = 64 * 1024 * 1024;

/** Stores the files of a workspace that have changed, and the list of all of them. */
export async function captureWorkspace(
  root: string,
  index: WorkspaceIndex,
  objects: ObjectStore,
  tally: Tally,
  limits: WorkspaceLimits = WORKSPACE_LIMITS,
): Promise<{ ref: WorkspaceRef | null; skipped: readonly Skipped[] }> {
  const found: { path: string; stat: FileStat; content: Content }[] = [];
  const folders: string[] = [];
  const skipped: Skipped[] = [];
  let stored = 0;
  let partial = false as boolean;
  const keep = (path: string, stat: FileStat, content: Content): void => {
    found.push({ path, stat, content });
  };
  await walk(
    root,
    {
      file(path, name, stat, folder) {
        const known = index.contentOf(path, stat);
        if (known !== null && (!objects.damaged || objects.has(known.id))) {
          keep(path, stat, known);
          return undefined;
        }
        stored++;
        return store(path, name, stat, folder);
      },
      folder: (path) => folders.push(path),
      skipped(one, why) {
        skipped.push(one);
        partial ||= why === 'limit';
      },
    },
    limits,
  );
  const seen = folders.join('\n');
  const { last } = index;
  const same = last?.folders === seen && (last.ref?.partial === true) === partial;
  if (same && stored === 0 && found.length === index.size && !objects.damaged)
    return { ref: last.ref, skipped };
  const files = found.map(({ path, stat: { size: bytes, modified, mode }, content }): KeptFile => {
    return { path, bytes, modified: Math.round(modified), mode, ...content };
  });
  index.keepOnly(new Set(files.map((file) => file.path)));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const ref =
    files.length === 0 && folders.length === 0 && !partial
      ? null
      : {
          list: await objects.putPieces(encodeManifest({ files, folders }), tally),
          ...{ files: files.length, bytes },
          ...(partial ? { partial } : {}),
        };
  index.last = index.size === files.length ? { ref, folders: seen } : null;
  return { ref, skipped };

  async function store(path: string, name: string, seen: FileStat, folder: Folder): Promise<void> {
    if (seen.size >= LARGE) await setTimeout(settlesIn(seen, Date.now()));
    const looked = Date.now();
    try {
      const { file, stat } = await folder.read(name);
      try {
        const { id, packed, bytes } = await objects.putFile(file, tally, stat.size);
        index.note(path, stat, { id, packed }, looked);
        keep(path, { ...stat, size: bytes }, { id, packed });
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') throw error;
      partial ||= errorCode(error) !== 'ENOENT';
      skipped.push({ path, reason: describe(error) });
    }
  }
}
