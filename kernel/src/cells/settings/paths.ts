import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { inside } from '../../database/paths/grants.js';

/** Where this kernel finds and keeps things. */
export interface Paths {
  /** The store and everything else that outlives a kernel: `WORLDLINE_HOME`, else the user's data folder. */
  readonly home: string;
  readonly configFile: string;
  /** The folder of the notebook: the first data folder, unless it is the home folder or `/`. */
  readonly notebookFolder: string;
  /** The notebook's file, where the front end tells. */
  readonly notebook: string | null;
}

export function findPaths(environment: NodeJS.ProcessEnv, cwd: string): Paths {
  const user = homedir();
  const data = set(environment['XDG_DATA_HOME']) ?? join(user, '.local', 'share');
  const config = set(environment['XDG_CONFIG_HOME']) ?? join(user, '.config');
  const session = environment['JPY_SESSION_NAME'];
  return {
    home: resolve(set(environment['WORLDLINE_HOME']) ?? join(data, 'worldline')),
    configFile: join(config, 'worldline', 'config.json'),
    notebookFolder: cwd,
    notebook: session !== undefined && session.endsWith('.ipynb') ? resolve(cwd, session) : null,
  };
}

/** An empty variable counts as not set. */
function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** The home folder and what it lies in, such as `/`, are too wide to be read without being asked. */
export function isTooWide(folder: string): boolean {
  return inside(realPath(folder), realPath(homedir()));
}

/** Where links lead; the path itself where there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
