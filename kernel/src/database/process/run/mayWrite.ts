import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { inside } from '../../paths/grants.js';
import { isAddress } from '../../paths/isAddress.js';

/** Whether the user's COPY may write to a path: into the workspace, links resolved, also those that lead to nothing yet. */
export function mayWrite(workspace: string, target: string): boolean {
  if (isAddress(target)) return false;
  let there = isAbsolute(target) ? target : resolve(workspace, target);
  while (!isThere(there)) there = dirname(there);
  const real = whereItLeads(there);
  return real !== null && inside(realpathSync(workspace), real);
}

/** False also below what is a file. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Null for a link to what is not there: a file written to it would appear there. */
function whereItLeads(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
