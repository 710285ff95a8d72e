import { walk } from './walk.js';

/** More of them take too long to look at. */
export const MOST_FILES = 200_000;
/** No path is longer than the system takes, which is 4096 bytes. */
const MAX_DEPTH = 2048;
/** Bytes that `stat` counts as one, on every system. */
const BLOCK = 512;

/** Bytes that the files of a workspace take of the disk, hidden ones too; not `whole` where it could not see all of them. */
export async function measure(
  workspace: string,
  mostFiles = MOST_FILES,
): Promise<{ bytes: number; whole: boolean }> {
  let bytes = 0;
  const whole = await walk(workspace, { entries: mostFiles, depth: MAX_DEPTH, hidden: true }, (_, stat) => {
    bytes += stat.blocks * BLOCK;
  });
  return { bytes, whole };
}
