import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readEnvironment } from '../../agent/providers/environment.js';
import { chooseModel, providerFor, type Wish } from '../../agent/providers/select.js';
import type { Provider } from '../../agent/types.js';
import { UserError } from '../errors.js';
import { toOutcome } from '../outcome.js';
import type { Paths } from '../settings/paths.js';
import type { Settings } from '../settings/settings.js';

/** What says which model answers, and with which key. */
export interface ModelSettings {
  readonly environment: NodeJS.ProcessEnv;
  readonly paths: Paths;
  readonly settings: Settings;
}

/** Keys and settings: the environment, then a `.env` beside the notebook, then one in the config folder. */
function modelEnvironment({ environment, paths }: ModelSettings): Promise<Record<string, string>> {
  return readEnvironment(environment, [paths.notebookFolder, dirname(paths.configFile)]);
}

/** The provider of an ask cell. Throws ProviderError, which says what to set. */
export async function providerOfCell(
  from: ModelSettings,
  cell: { readonly source: string; readonly position: number },
  asked: Wish,
  strict = false,
): Promise<Provider> {
  const environment = await modelEnvironment(from);
  const wishes = { config: configured(from.settings), cell: asked };
  const cassette = await cassetteOf(from.paths);
  return providerFor(environment, cell, wishes, { cassette, ...(strict ? { strict } : {}) });
}

/**
 * `sales.turns.json` beside `sales.ipynb`. Where the front end does not tell the notebook, as nbconvert: the only such
 * file in the folder.
 */
async function cassetteOf({ notebook, notebookFolder }: Paths): Promise<string> {
  const ending = '.turns.json';
  if (notebook !== null) return notebook.replace(/\.ipynb$/, '') + ending;
  const names = await readdir(notebookFolder).catch(() => []);
  const [only, ...others] = names.filter((name) => name.endsWith(ending));
  return join(notebookFolder, only !== undefined && others.length === 0 ? only : `notebook${ending}`);
}

/** Who would answer now. Null where recorded turns would, or, for the model, where the server is asked which one it has. */
export interface ModelNow {
  readonly provider: string | null;
  readonly model: string | null;
  readonly words: string;
}

/** Which model would answer now, or why none would. Nothing is sent. */
export async function modelNow(from: ModelSettings): Promise<ModelNow | { problem: UserError }> {
  const environment = await modelEnvironment(from);
  if (environment['WORLDLINE_TURNS'] === 'replay')
    return { provider: null, model: null, words: 'recorded turns' };
  try {
    const { model, provider, baseUrl } = chooseModel(environment, configured(from.settings));
    const place = URL.canParse(baseUrl) ? new URL(baseUrl).host : 'its address is none';
    const words = `${model ?? 'the one that the server has'} (${provider}, ${place})`;
    return { provider, model, words };
  } catch (error) {
    const { name, message } = toOutcome(error);
    const [what = '', ...fix] = message.split('\n');
    return { problem: new UserError(name, what, fix.join(' ')) };
  }
}

/** What `%config` and the config file say; the environment is looked at by the choice itself. */
function configured(settings: Settings): Wish {
  const wish: { provider?: string; model?: string } = {};
  for (const name of ['provider', 'model'] as const) {
    const value = settings.get(name);
    if (value !== undefined && settings.source(name) !== 'environment') wish[name] = value;
  }
  return wish;
}
