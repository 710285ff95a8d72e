import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore, VariablesSnapshot } from '../types.js';
import type { BlobSource, CaptureSource, Extent, Manifest } from './Manifest.js';
import { OutputFolder } from './OutputFolder.js';
import { parseManifest } from './parseManifest.js';
import { readExactly } from './readExactly.js';
import { SnapshotRefusedError } from './SnapshotRefusedError.js';

const MAX_MANIFEST = 16 * 1024 * 1024;

export interface IntakeOptions {
  readonly store: BlobStore;
  /** The folder, out of the sandbox's reach to move, that its output lies below: the workspace. */
  readonly root: string;
  /** What the worker was restored from: only its blobs, and the worker's own captures, may be referred to. */
  readonly restored?: VariablesSnapshot | null;
  /** Bytes that one capture may add; 8 GiB by default. */
  readonly maxBytes?: number;
}

interface Stored {
  readonly id: string;
  readonly bytes: number;
}

/**
 * Takes the captures of one Python worker into the blob store. Whatever lies in the sandbox's folder is taken for hostile:
 * it is opened without following links, copied and hashed in one go, and described anew.
 */
export class VariableIntake {
  /** Data files of this worker's captures, by label and number. */
  private readonly taken = new Map<string, Stored>();
  private readonly allowed: ReadonlySet<string>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: IntakeOptions) {
    this.allowed = new Set(options.restored?.blobs);
  }

  /**
   * Takes in the capture `label`, whose folder lies at `path` below the root (with `/`), and removes that folder. Captures
   * are taken in the order of calls. Throws SnapshotRefusedError for anything but a well-formed capture, and the file
   * system's errors where the store cannot be written.
   */
  take(label: string, path: string): Promise<VariablesSnapshot> {
    const result = this.last.then(() => this.takeNow(label, path));
    this.last = result.catch(() => undefined);
    return result;
  }

  private async takeNow(label: string, path: string): Promise<VariablesSnapshot> {
    const folder = await OutputFolder.open(this.options.root, path.split('/'));
    try {
      const manifest = parseManifest(await readManifest(folder));
      const sources: Stored[] = [];
      let bytesAdded = 0;
      for (const source of manifest.sources) {
        const left = (this.options.maxBytes ?? 8 * 1024 ** 3) - bytesAdded;
        const { stored, added } = await this.stored(source, label, folder, left);
        sources.push(stored);
        bytesAdded += added;
      }
      const kept = rewrite(manifest, sources);
      return {
        manifest: new TextEncoder().encode(JSON.stringify(kept)),
        blobs: kept.sources.map((source) => source.blob),
        bytesAdded,
        lost: kept.lost.map(([name, reason]) => ({ name, reason })),
        digests: manifest.digests,
      };
    } finally {
      await folder.remove().finally(() => folder.close());
    }
  }

  private async stored(
    source: CaptureSource,
    label: string,
    folder: OutputFolder,
    limit: number,
  ): Promise<{ stored: Stored; added: number }> {
    const { store } = this.options;
    if ('blob' in source) {
      const known = this.allowed.has(source.blob) && store.has(source.blob);
      if (!known) throw new SnapshotRefusedError('it refers to a blob that it cannot know of');
      const { size } = await stat(join(store.folder, source.blob));
      return { stored: { id: source.blob, bytes: size }, added: 0 };
    }
    const key = `${source.capture}/${String(source.file)}`;
    const earlier = this.taken.get(key);
    if (earlier !== undefined && store.has(earlier.id)) return { stored: earlier, added: 0 };
    if (source.capture !== label) throw new SnapshotRefusedError('it builds on a capture that was not kept');
    const file = await folder.file(String(source.file), limit);
    try {
      const { id, bytes, added } = await store.adopt(file, limit);
      this.taken.set(key, { id, bytes });
      return { stored: { id, bytes }, added: added ? bytes : 0 };
    } finally {
      await file.close();
    }
  }
}

async function readManifest(folder: OutputFolder): Promise<string> {
  const file = await folder.file('manifest.json', MAX_MANIFEST);
  try {
    const chunks: Uint8Array[] = [];
    const bytes = Math.min((await file.stat()).size, MAX_MANIFEST);
    for await (const chunk of readExactly(file, bytes)) chunks.push(Uint8Array.from(chunk));
    return new TextDecoder().decode(Buffer.concat(chunks));
  } finally {
    await file.close();
  }
}

/** The manifest as it is restored: with blobs for sources, each listed once. */
function rewrite(
  manifest: Manifest<CaptureSource>,
  sources: readonly Stored[],
): Omit<Manifest<BlobSource>, 'digests'> {
  const ids = [...new Set(sources.map((source) => source.id))];
  const places = sources.map((source) => ids.indexOf(source.id));
  const moved = ([index, offset, length]: Extent): Extent => {
    const source = sources[index];
    if (source === undefined) return [-1, 0, length];
    if (offset + length > source.bytes) throw new SnapshotRefusedError('a piece lies outside its file');
    return [places[index] ?? -1, offset, length];
  };
  return {
    version: 1,
    sources: ids.map((blob) => ({ blob })),
    stream: manifest.stream.map(moved),
    items: manifest.items,
    buffers: manifest.buffers.map(({ size, extents }) => ({ size, extents: extents.map(moved) })),
    lost: manifest.lost,
  };
}
