import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Price, PriceTable } from '../../agent/usage.js';
import { UserError } from '../errors.js';
import type { Paths } from '../settings/paths.js';

/**
 * What models cost: `prices.json` beside the config file, such as `{"gpt-5": {"input": 1.25, "output": 10}}`, in US
 * dollars for a million tokens, by `provider/model` or model. Throws a UserError for a file that is not so.
 */
export async function readPrices({ configFile }: Pick<Paths, 'configFile'>): Promise<PriceTable> {
  const file = join(dirname(configFile), 'prices.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const table = JSON.parse(text) as Record<string, unknown>;
    if (Object.values(table).every(isPrice)) return table as PriceTable;
  } catch {
    // Said below.
  }
  throw new UserError(
    'ConfigError',
    `${file} is no table of prices.`,
    'Write it as {"MODEL": {"input": DOLLARS, "output": DOLLARS, "cached": DOLLARS}}, for a million tokens.',
  );
}

function isPrice(value: unknown): value is Price {
  if (typeof value !== 'object' || value === null) return false;
  const { input, output, cached } = value as Record<string, unknown>;
  return (
    typeof input === 'number' && typeof output === 'number' && ['number', 'undefined'].includes(typeof cached)
  );
}
