import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorOf, shown, withKernel } from '../integration/withKernel.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/tutorial.md'), 'utf8');

/** The cells of the page, each with the texts that are shown below it. */
function cells(): { code: string; shows: string[] }[] {
  const found: { code: string; shows: string[] }[] = [];
  for (const [, kind, text = ''] of PAGE.matchAll(/^```(cell|shows)\n([\s\S]*?)\n```$/gm)) {
    if (kind === 'cell') found.push({ code: text, shows: [] });
    else found.at(-1)?.shows.push(text);
  }
  return found;
}

/** A container may have to start. */
const PATIENCE = 120_000;

test(
  'every cell of docs/tutorial.md runs, and shows what the page says',
  () =>
    withKernel(
      async ({ kernel }) => {
        expect(cells().length).toBeGreaterThan(10);
        for (const { code, shows } of cells()) {
          const ran = await kernel.execute(code);
          expect({ code, error: ran.status === 'ok' ? null : errorOf(ran) }).toEqual({ code, error: null });
          for (const text of shows) expect(shown(ran)).toContain(text);
        }
      },
      { data: ['seattle-weather.csv'] },
    ),
  PATIENCE,
);
