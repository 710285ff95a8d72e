import { expect } from '@jest/globals';
import {
  startModelServer,
  type ModelServer,
  type Script,
  type ScriptedTurn,
} from '../support/model-server.js';
import { withKernel, type Notebook } from './withKernel.js';

/** A turn with one call. */
export const call = (name: string, args: Record<string, unknown>): ScriptedTurn => ({
  calls: [{ name, arguments: args }],
});

/** Runs the real kernel with a scripted model, and real tables beside the notebook. */
export async function withModel(
  script: Script,
  body: (notebook: Notebook, server: ModelServer) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const server = await startModelServer({ script });
  try {
    await withKernel((notebook) => body(notebook, server), {
      env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted', ...env },
      data: ['seattle-weather.csv'],
    });
    expect(server.violations).toEqual([]);
  } finally {
    await server.close();
  }
}

/** What the model was sent with a request, as text. */
export const sentWith = (server: ModelServer, request: number): string =>
  JSON.stringify(server.requests.at(request)?.body);
