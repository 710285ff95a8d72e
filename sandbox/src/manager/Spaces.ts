import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOrphan, ownerLabels } from '../engine/owner.js';

const OWNER = 'owner.json';

/** The folder in which workspaces are made: one in it for each kernel, which says whose it is. */
export class Spaces {
  /** Of this kernel; there once it is claimed. */
  readonly path: string;
  #claimed: Promise<void> | null = null;

  constructor(
    private readonly folder: string,
    private readonly kernel: string,
  ) {
    this.path = join(folder, kernel);
  }

  /** Where the next workspace goes; nothing is there yet. */
  freshPath(): string {
    return join(this.path, randomBytes(8).toString('hex'));
  }

  /** Call before a workspace is made: whoever finds it can tell when its kernel is gone. */
  async claim(): Promise<void> {
    this.#claimed ??= this.#claim();
    await this.#claimed.catch((error: unknown) => {
      this.#claimed = null;
      throw error;
    });
  }

  /** Removes what kernels left that were killed. */
  async removeOrphans(): Promise<void> {
    if (!existsSync(this.folder)) return;
    for (const kernel of await readdir(this.folder)) {
      const own = join(this.folder, kernel);
      const owner = await ownerOf(own);
      if (owner !== null && isOrphan(owner)) await rm(own, { recursive: true, force: true });
    }
  }

  /** Gives the folder up. A workspace that is still in it has what stands nowhere else, and stays. */
  async close(): Promise<void> {
    if (this.#claimed === null) return;
    await rm(join(this.path, OWNER), { force: true });
    if ((await readdir(this.path)).length === 0) await rmdir(this.path);
  }

  async #claim(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o755 });
    await writeFile(join(this.path, OWNER), JSON.stringify(ownerLabels(this.kernel)));
  }
}

/** The labels of the kernel whose folder it is; null where that is not known, or not written whole. */
async function ownerOf(folder: string): Promise<Record<string, string> | null> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as Record<string, string>;
  } catch {
    return null;
  }
}
