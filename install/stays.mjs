import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * What is the user's and not ours to take away, as far as it is there, and where.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ what: string, where: string }[]}
 */
export function whatStays(env = process.env) {
  const data = env.XDG_DATA_HOME || path.join(homedir(), '.local', 'share');
  const config = env.XDG_CONFIG_HOME || path.join(homedir(), '.config');
  const jupyter = env.JUPYTER_CONFIG_DIR || path.join(homedir(), '.jupyter');
  const settings = env.JUPYTERLAB_SETTINGS_DIR || path.join(jupyter, 'lab', 'user-settings');
  return [
    { what: 'sessions', where: env.WORLDLINE_HOME || path.join(data, 'worldline') },
    { what: 'settings of the kernel', where: path.join(config, 'worldline') },
    { what: 'settings in JupyterLab', where: path.join(settings, '@worldline') },
  ].filter(({ where }) => existsSync(where));
}
