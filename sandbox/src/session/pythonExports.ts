import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HIDDEN, OUT } from '../engine/containerOptions.js';
import type { PythonExports } from '../types.js';
import { openArtifact } from '../workspace/readArtifact.js';

type Call = (header: { type: string } & Record<string, unknown>) => Promise<Record<string, unknown>>;

const FINGERPRINT = /^[0-9a-f]{1,64}$/;

/** Has the runner write what is asked for, and moves its file to where it belongs. */
export function pythonExports(call: Call, workspace: string): PythonExports {
  return {
    async exportFrame(name, path) {
      const { fingerprint } = await call({ type: 'export', name, path: writtenTo(path) });
      if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return null;
      await take(workspace, path);
      return { fingerprint };
    },
    async exportValues(names, path) {
      const { missing } = await call({ type: 'export', names, path: writtenTo(path) });
      const unknown = Array.isArray(missing) ? names.filter((name) => missing.includes(name)) : [...names];
      if (unknown.length === 0) await take(workspace, path);
      return { missing: unknown };
    },
  };
}

function writtenTo(path: string): string {
  return `${HIDDEN}/${OUT}/${basename(path)}`;
}

/** Moved out of the code's reach first, then looked at: nothing can be swapped in between. */
async function take(workspace: string, path: string): Promise<void> {
  const target = join(workspace, path);
  await rename(join(workspace, writtenTo(path)), target);
  try {
    await (await openArtifact(workspace, path)).close();
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}
