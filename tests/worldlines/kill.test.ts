import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { tried } from '../support/tries.js';
import { builtWriter } from './builtWriter.js';
import { Kernel, withHome } from './withSession.js';

/** Kills in the suite; more with WORLDLINE_KILLS. */
const KILLS = Number(process.env['WORLDLINE_KILLS'] ?? 60);

const startWriter = builtWriter();

/** Lets a kernel work and kills it at a moment that nobody chose; gives the lines that it had said. */
async function runAndKill(home: string, from: string, after: number): Promise<string[]> {
  const child = startWriter(home, from);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  await setTimeout(after);
  child.kill('SIGKILL');
  await closed;
  return text.split('\n').slice(0, -1);
}

describe('a kernel killed at any moment', () => {
  test('loses at most the cell that ran; every earlier checkpoint is intact', async () => {
    await withHome(async (home) => {
      let from = '0';
      const values = new Map<string, string>();
      tried(KILLS);
      for (let kill = 0; kill < KILLS; kill++) {
        const said = await runAndKill(home, from, Math.random() * 60);
        expect(said.filter((line) => line.startsWith('failed'))).toEqual([]);
        let saved = 0;
        for (const line of said) {
          const [what, id = '', value = ''] = line.split(' ');
          if (what !== 'began') values.set(id, value);
          // A cell begins when the state before it is safe.
          if (what === 'saved') saved = Math.max(saved, Number(value));
          if (what === 'began') saved = Math.max(saved, Number(value) - 1);
        }
        const confirmed = Number(
          said
            .filter((line) => line.startsWith('confirmed'))
            .at(-1)
            ?.split(' ')[2] ?? 0,
        );
        const kernel = await Kernel.start(home);
        const { session } = kernel;
        const { checkpoints } = await session.graph(0, 1_000_000);
        for (const id of values.keys()) expect(checkpoints.some((one) => one.id === id)).toBe(true);
        const last = checkpoints.find((one) => one.kind !== 'root' && one.worldline !== session.active.id);
        const { worldline: line } = await session.resume(last?.worldline ?? '');
        expect((await session.cells()).length).toBeGreaterThanOrEqual(confirmed);
        expect(await valueOf(kernel)).toBeGreaterThanOrEqual(saved);
        const [id, value] = [...values][Math.floor(Math.random() * values.size)] ?? ['', ''];
        const { restored } = await session.undo({ to: id });
        if (restored.notes.length === 0) expect(await valueOf(kernel)).toBe(Number(value));
        await session.undo({ to: line.head });
        from = line.id;
        await session.close();
      }
    });
  }, 120_000);
});

/** The number that every part of the active worldline holds: they are never of different cells. */
async function valueOf(kernel: Kernel): Promise<number> {
  const parts = await kernel.parts();
  const number = Number(parts.variables.get('x') ?? 0);
  if (number === 0) return 0;
  expect(parts.tables()[number % 3]).toBe(String(number));
  expect(Math.max(...parts.tables().map(Number))).toBe(number);
  expect(readFileSync(join(parts.place.workspace, 'x.txt'), 'utf8')).toBe(String(number));
  return number;
}
