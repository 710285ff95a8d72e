import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataPort, FileEntry } from '../../../agent/ports.js';
import type { Readable } from '../../../database/types.js';
import type { Runtime } from '../../Runtime.js';
import { showFile } from './showFile.js';

/** Notebooks, recorded turns and packages stand beside the data, and are none. */
const NO_DATA = /\.ipynb$|\.turns\.json$|^node_modules$/;
/** Files of the data folders that the model is told of at most. */
const MAX_FILES = 200;

/** `readable`: what SQL and Python may read now. */
export function dataPort(readable: () => Readable, runtime: Runtime): DataPort {
  return {
    async tables() {
      // Results of steps are known by their handles, and are no tables of the person's.
      return (await runtime.database.tables()).filter(({ name }) => !runtime.isHandle(name));
    },
    files: () => readableFiles(readable()),
    async artifacts() {
      const found = await runtime.artifacts();
      return found.map((artifact) => ({ ...artifact, checkpoint: null }));
    },
    showFile: (path) => showFile(runtime.workspace, readable(), path),
  };
}

/** Visible files at the top of the data folders, by the names that SQL and Python know them by. */
async function readableFiles({ folders, files }: Readable): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  for (const folder of folders) found.push(...(await filesIn(folder, '', 2)));
  for (const path of files) found.push({ path, bytes: (await stat(path)).size });
  return found.slice(0, MAX_FILES);
}

async function filesIn(folder: string, prefix: string, depth: number): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.name.startsWith('.') || NO_DATA.test(entry.name) || found.length >= MAX_FILES) continue;
    const path = join(prefix, entry.name);
    if (entry.isDirectory() && depth > 1) found.push(...(await filesIn(folder, path, depth - 1)));
    else if (entry.isFile()) found.push({ path, bytes: (await stat(join(folder, path))).size });
  }
  return found;
}
