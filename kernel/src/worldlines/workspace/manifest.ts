import type { ObjectId } from '../objects/hash.js';

/** A file of a workspace as it was kept. */
export interface KeptFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly mode: number;
  readonly id: ObjectId;
}
export interface Manifest {
  readonly files: readonly KeptFile[];
  readonly folders: readonly string[];
}

/** A line of JSON an entry, sorted by path, so that two versions share most of their pieces. */
export function encodeManifest(manifest: Manifest): Buffer {
  const lines: [string, string][] = manifest.folders.map((path) => [path, JSON.stringify([path])]);
  for (const { path, bytes, modified, mode, id } of manifest.files) {
    lines.push([path, JSON.stringify([path, id, bytes, modified, mode])]);
  }
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(lines.map(([, line]) => `${line}\n`).join(''));
}

export function decodeManifest(bytes: Buffer): Manifest {
  const files: KeptFile[] = [];
  const folders: string[] = [];
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as [string] | [string, ObjectId, number, number, number];
    if (entry.length === 1) folders.push(entry[0]);
    else {
      const [path, id, size, modified, mode] = entry;
      files.push({ path, id, bytes: size, modified, mode });
    }
  }
  return { files, folders };
}
