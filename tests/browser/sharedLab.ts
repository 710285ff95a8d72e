import { afterAll, beforeAll } from '@jest/globals';
import { startModelServer } from '../support/model-server.js';
import type { ModelServer, Script, SeenRequest } from '../support/model-server-types.js';
import { Lab } from './withLab.js';

/** The JupyterLab of a file of tests, there as long as they run. */
export type SharedLab = Pick<Lab, 'server' | 'browser' | 'withNotebook'>;

/** Milliseconds that JupyterLab may take. */
const PATIENCE = { start: 120_000, stop: 60_000 };

/** One JupyterLab for all tests of a file. */
export function sharedLab(patience = PATIENCE, env: Readonly<Record<string, string>> = {}): SharedLab {
  return shared(() => Lab.start(env), undefined, patience);
}

/** The same, whose kernels ask a model that answers by a script; `requests` gives what it was sent. */
export function labWithModel(
  script: Script,
  patience = PATIENCE,
): { readonly lab: SharedLab; readonly requests: () => readonly SeenRequest[] } {
  let model: ModelServer;
  const start = async (): Promise<Lab> => {
    model = await startModelServer({ script });
    return Lab.start({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted' });
  };
  return { lab: shared(start, () => model.close(), patience), requests: () => model.requests };
}

function shared(
  start: () => Promise<Lab>,
  after: (() => Promise<void>) | undefined,
  patience: typeof PATIENCE,
): SharedLab {
  let lab: Lab | null = null;
  beforeAll(async () => {
    lab = await start();
  }, patience.start);
  afterAll(async () => {
    await lab?.stop();
    await after?.();
  }, patience.stop);
  const there = (): Lab => {
    if (lab === null) throw new Error('JupyterLab is there while tests run, and not before.');
    return lab;
  };
  return {
    get server() {
      return there().server;
    },
    get browser() {
      return there().browser;
    },
    withNotebook: (...args) => there().withNotebook(...args),
  };
}
