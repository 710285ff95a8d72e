import { readFile } from 'node:fs/promises';
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
