import { statSync, type Stats } from 'node:fs';
import { GateError } from '../../errors.js';

/**
 * Refuses what DuckDB would wait for: a pipe that nobody writes to keeps it in `open`, where no interrupt reaches it, and
 * costs the process. A pattern finds regular files alone, and so does what lies beside the workspace. Throws GateError.
 */
export function checkRegular(files: readonly string[], sql: string): void {
  for (const file of files) {
    const found = statOf(file);
    if (found === null || found.isFile() || found.isDirectory()) continue;
    throw new GateError(`'${file}' is ${kindOf(found)}, which SQL does not read: name a regular file.`, sql);
  }
}

/** Null for what is not there, such as a pattern or an address. */
function statOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
