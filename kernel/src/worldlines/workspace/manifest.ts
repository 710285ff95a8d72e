import type { Content } from '../objects/content.js';
import type { ObjectId } from '../objects/hash.js';

/** A file of a workspace as it was kept. */
export interface KeptFile extends Content {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly mode: number;
}
export interface Manifest {
  readonly files: readonly KeptFile[];
  readonly folders: readonly string[];
}

/** Stands behind an entry whose object is packed. */
const PACKED = 1;

/** A line of JSON an entry, sorted by path, so that two versions share most of their pieces. */
export function encodeManifest(manifest: Manifest): Buffer {
  const lines: [string, string][] = manifest.folders.map((path) => [path, JSON.stringify([path])]);
  for (const { path, bytes, modified, mode, id, packed } of manifest.files) {
    lines.push([path, JSON.stringify([path, id, bytes, modified, mode, ...(packed ? [PACKED] : [])])]);
  }
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(lines.map(([, line]) => `${line}\n`).join(''));
}

export function decodeManifest(bytes: Buffer): Manifest {
  const files: KeptFile[] = [];
  const folders: string[] = [];
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as [string] | [string, ObjectId, number, number, number, number?];
    if (entry.length === 1) folders.push(entry[0]);
    else {
      const [path, id, size, modified, mode, packed] = entry;
      files.push({ path, id, packed: packed === PACKED, bytes: size, modified, mode });
    }
  }
  return { files, folders };
}
