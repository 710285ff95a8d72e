import { resolve } from 'node:path';
import type { Environment } from '../providers/environment.js';
import { ProviderError } from '../providers/errors.js';
import { RecordingProvider, type CellPlace } from './record.js';
import { openReplay, replayOf } from './replay.js';
import type { Provider } from '../types.js';

export interface TurnsOptions {
  /** The cassette where `WORLDLINE_CASSETTE` names none: beside the notebook. */
  readonly cassette?: string;
  /** Fail at the first result that differs from the recorded one. */
  readonly strict?: boolean;
}

/**
 * Opens the provider live, recording or replaying, as `WORLDLINE_TURNS` says. Where that is not set and no key is, a cell
 * that has been recorded is replayed: a notebook with its recording beside it runs as it was handed over.
 */
export async function replayOrRecord(
  env: Environment,
  cell: CellPlace,
  live: () => Promise<Provider>,
  options: TurnsOptions = {},
): Promise<Provider> {
  const mode = env['WORLDLINE_TURNS'];
  const named = env['WORLDLINE_CASSETTE'] ?? options.cassette;
  const strict = options.strict ?? env['WORLDLINE_STRICT_REPLAY'] === '1';
  if (mode === 'live') return live();
  if (mode === undefined) {
    try {
      return await live();
    } catch (error) {
      if (!(error instanceof ProviderError && error.kind === 'no-key') || named === undefined) throw error;
      const recorded = await replayOf(resolve(named), cell, strict);
      if (recorded === null) throw error;
      return recorded;
    }
  }
  if (mode !== 'record' && mode !== 'replay')
    throw new ProviderError('settings', `WORLDLINE_TURNS is "${mode}"; it can be live, record or replay.`);
  if (named === undefined)
    throw new ProviderError(
      'settings',
      `Set WORLDLINE_CASSETTE to the file to ${mode === 'record' ? 'record to' : 'replay from'}.`,
    );
  const path = resolve(named);
  if (mode === 'replay') return openReplay(path, cell, strict);
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    /KEY|TOKEN|SECRET/.test(name) && value !== undefined ? [value] : [],
  );
  return new RecordingProvider(await live(), path, cell, secrets);
}
