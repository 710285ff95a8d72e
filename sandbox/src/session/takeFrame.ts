import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HIDDEN, OUT } from '../engine/containerOptions.js';
import { openArtifact } from '../workspace/readArtifact.js';

type Call = (header: { type: string } & Record<string, unknown>) => Promise<Record<string, unknown>>;

const FINGERPRINT = /^[0-9a-f]{1,64}$/;

/** Has a data frame written by the runner, and moves the file to `path` below the workspace; null where it is no frame. */
export async function takeFrame(
  call: Call,
  workspace: string,
  name: string,
  path: string,
): Promise<{ fingerprint: string } | null> {
  const written = `${HIDDEN}/${OUT}/${basename(path)}`;
  const { fingerprint } = await call({ type: 'export', name, path: written });
  if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return null;
  const target = join(workspace, path);
  // Moved out of the code's reach first, then looked at: nothing can be swapped in between.
  await rename(join(workspace, written), target);
  try {
    await (await openArtifact(workspace, path)).close();
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
  return { fingerprint };
}
