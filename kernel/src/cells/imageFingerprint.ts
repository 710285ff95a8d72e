import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';

/** What the sandbox image that was built with this kernel is labelled with; null where the kernel runs from its sources. */
export async function imageFingerprint(): Promise<string | null> {
  try {
    return (await readFile(new URL('./image-fingerprint', import.meta.url), 'utf8')).trim();
  } catch (error) {
    if (isNativeError(error) && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The runner that came with this kernel, for an image that has none; null where the kernel runs from its sources. */
export function runnerFolder(): string | null {
  const folder = fileURLToPath(new URL('../../sandbox/image/runner', import.meta.url));
  return existsSync(folder) ? folder : null;
}
