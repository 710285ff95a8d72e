import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FileTooLargeError, UnsafePathError } from '../errors.js';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a file that the sandbox may have made. No link is followed at any part of the path, nothing but a regular file
 * is read, and no more than `maxBytes`. Throws an UnsafePathError, a FileTooLargeError, or the error of the file system.
 */
export async function readArtifact(workspace: string, path: string, maxBytes: number): Promise<Buffer> {
  const file = await openArtifact(workspace, path);
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw new FileTooLargeError(path, size, maxBytes);
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Opens a regular file below a workspace for reading, step by step, so that no folder on the way can be swapped for a link. */
export async function openArtifact(workspace: string, path: string): Promise<FileHandle> {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    throw new UnsafePathError(`${JSON.stringify(path)} is not a path inside the workspace.`);
  const name = parts.pop() ?? '';
  let folder = await openStep(workspace, path, FOLDER);
  try {
    for (const part of parts) {
      const next = await openStep(below(folder, workspace, part), path, FOLDER);
      await folder.close();
      folder = next;
      workspace = join(workspace, part);
    }
    const file = await openStep(below(folder, workspace, name), path, FILE);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw new UnsafePathError(`${path} is not a regular file.`);
  } finally {
    await folder.close();
  }
}

/** Linux names an open folder by its descriptor; elsewhere the path has to do, and O_NOFOLLOW guards its last part. */
function below(folder: FileHandle, path: string, name: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/${name}` : join(path, name);
}

async function openStep(path: string, shown: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || (code === 'ENOTDIR' && (await isLink(path))))
      throw new UnsafePathError(`${shown} is a link, and links of a workspace are not followed.`);
    if (code === 'ENXIO') throw new UnsafePathError(`${shown} is not a regular file.`);
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}
