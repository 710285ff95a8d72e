import { extname } from 'node:path';
import type { ArtifactInfo } from '../../contract.js';
import type { Node } from '../graph/Graph.js';
import type { Store } from '../session/Store.js';
import { readManifest } from './restoreWorkspace.js';

const TYPES: Readonly<Record<string, ArtifactInfo['type']>> = {
  ...{
    '.png': 'image',
    '.jpg': 'image',
    '.jpeg': 'image',
    '.gif': 'image',
    '.svg': 'image',
    '.webp': 'image',
  },
  ...{ '.csv': 'csv', '.tsv': 'csv', '.md': 'md', '.pdf': 'pdf' },
};
/** How many different workspaces are looked at to find out which checkpoint made a file. */
const LOOK_BACK = 50;

/** The files that a checkpoint's workspace holds, each with the checkpoint that made it what it is. */
export async function artifactsOf(store: Store, head: Node): Promise<ArtifactInfo[]> {
  const newest = nearestSaved(store, head);
  if (newest === null) return [];
  const { files } = await readManifest(newest.saved?.state.workspace ?? null, store.objects);
  const makers = new Map<string, string | null>();
  let unsettled = new Map(files.map((file) => [file.path, file.id]));
  let [list, maker] = [newest.saved?.state.workspace?.list, newest];
  let looked = 0;
  for (const node of store.graph.ancestry(newest)) {
    if (node.saved === null && node.record.kind !== 'root') continue;
    const ref = node.saved?.state.workspace ?? null;
    if (ref?.list !== list) {
      if (unsettled.size === 0 || ++looked > LOOK_BACK) break;
      const before = new Map(
        (await readManifest(ref, store.objects)).files.map((file) => [file.path, file.id]),
      );
      for (const [path, id] of unsettled) if (before.get(path) !== id) makers.set(path, maker.record.id);
      unsettled = new Map([...unsettled].filter(([path]) => !makers.has(path)));
      list = ref?.list;
    }
    maker = node;
  }
  return files.map(({ path, bytes, modified }) => ({
    ...{ path, bytes, modified, type: TYPES[extname(path).toLowerCase()] ?? 'file' },
    checkpoint: makers.get(path) ?? null,
  }));
}

function nearestSaved(store: Store, head: Node): Node | null {
  for (const node of store.graph.ancestry(head)) if (node.saved !== null) return node;
  return null;
}
