import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { inside } from '../paths/grants.js';

/** Whether the user's COPY may write to a path: into the workspace, links resolved, also those that lead to nothing yet. */
export function mayWrite(workspace: string, target: string): boolean {
  let there = isAbsolute(target) ? target : resolve(workspace, target);
  while (lstatSync(there, { throwIfNoEntry: false }) === undefined) there = dirname(there);
  const real = whereItLeads(there);
  return real !== null && inside(realpathSync(workspace), real);
}

/** Null for a link to what is not there: a file written to it would appear there. */
function whereItLeads(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
