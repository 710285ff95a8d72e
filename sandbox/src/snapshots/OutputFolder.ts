import { constants } from 'node:fs';
import { open, opendir, realpath, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { SnapshotRefusedError } from './SnapshotRefusedError.js';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAX_ENTRIES = 20_000;

/**
 * A folder that the sandbox can write to, reached from a root that it cannot move, without following a link on the way:
 * each step is taken from the descriptor of the last.
 */
export class OutputFolder {
  private constructor(
    private readonly handles: readonly FileHandle[],
    private readonly path: string,
    private readonly name: string,
    private readonly parent: string,
  ) {}

  /** Opens the folder at `steps` below `root`. Throws SnapshotRefusedError where a step is missing or not a folder. */
  static async open(root: string, steps: readonly string[]): Promise<OutputFolder> {
    const handles: FileHandle[] = [];
    try {
      const trusted = await realpath(root);
      let parent = trusted;
      let here = trusted;
      for (const step of ['', ...steps]) {
        if (step === '.' || step === '..' || step.includes('/')) {
          throw new SnapshotRefusedError('its folder has an unfit name');
        }
        parent = here;
        const handle = await open(join(here, step), FOLDER);
        handles.push(handle);
        here = platform() === 'linux' ? `/proc/self/fd/${String(handle.fd)}` : join(here, step);
      }
      const folder = new OutputFolder(handles, here, steps.at(-1) ?? '', parent);
      if (platform() !== 'linux' && (await realpath(here)) !== join(trusted, ...steps)) {
        throw new SnapshotRefusedError('its folder is a link');
      }
      return folder;
    } catch (cause) {
      await closeAll(handles);
      if (cause instanceof SnapshotRefusedError) throw cause;
      throw new SnapshotRefusedError('its folder is not there', { cause });
    }
  }

  /** Opens a regular file of at most `limit` bytes for reading. Throws SnapshotRefusedError for anything else. */
  async file(name: string, limit: number): Promise<FileHandle> {
    const handle = await open(join(this.path, name), FILE).catch((cause: unknown) => {
      throw new SnapshotRefusedError(`${name} cannot be opened`, { cause });
    });
    const stat = await handle.stat();
    if (stat.isFile() && stat.nlink === 1 && stat.size <= limit) return handle;
    await handle.close();
    const problem = !stat.isFile() ? 'is no file' : stat.nlink > 1 ? 'has several names' : 'is too large';
    throw new SnapshotRefusedError(`${name} ${problem}`);
  }

  /** Removes the folder with the files directly in it. What the sandbox hid deeper stays in its workspace. */
  async remove(): Promise<void> {
    let entries = 0;
    for await (const entry of await opendir(this.path)) {
      entries += 1;
      if (entries > MAX_ENTRIES) break;
      // A folder stays, and so does what was removed meanwhile.
      await unlink(join(this.path, entry.name)).catch(() => undefined);
    }
    await rmdir(join(this.parent, this.name)).catch(() => undefined);
  }

  async close(): Promise<void> {
    await closeAll(this.handles);
  }
}

async function closeAll(handles: readonly FileHandle[]): Promise<void> {
  await Promise.all(handles.map((handle) => handle.close()));
}
