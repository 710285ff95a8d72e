import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { errorCode } from '../errors.js';

/** Tells a file from another one that takes its place, for as long as nothing replaces it; null where there is none. */
export async function fileId(path: string): Promise<string | null> {
  try {
    const { dev, ino, birthtimeNs } = await stat(path, { bigint: true });
    return createHash('sha256').update(`${dev} ${ino} ${birthtimeNs}`).digest('hex').slice(0, 12);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null; // such as of a front end that keeps its notebooks elsewhere
  }
}
