import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { inside } from '../paths/grants.js';

/** Whether the user's COPY may write to a path: into the workspace, links resolved. */
export function mayWrite(workspace: string, target: string): boolean {
  const path = isAbsolute(target) ? target : resolve(workspace, target);
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  return inside(realpathSync(workspace), realpathSync(existing));
}
