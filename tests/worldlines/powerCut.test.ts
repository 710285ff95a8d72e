import { once } from 'node:events';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { decode, encode } from '../../kernel/src/worldlines/journal/lines.js';
import { ran } from './FakeHost.js';
import { builtWriter } from './builtWriter.js';
import { Kernel, withHome } from './withSession.js';

const startWriter = builtWriter();

/** Lets a kernel make some checkpoints and kills it. */
async function runAndKill(home: string): Promise<void> {
  const child = startWriter(home);
  let text = '';
  const closed = once(child, 'close');
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('saved') && text.includes('began - 12')) child.kill('SIGKILL');
  }
  await closed;
}

/** Makes a killed kernel's store look as after a restart of the machine: what it says was written by an earlier run. */
async function restartMachine(store: string, lastState: 'synced' | 'on its way'): Promise<void> {
  for (const name of await readdir(join(store, 'kernels'))) {
    const path = join(store, 'kernels', name);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), boot: 'earlier' }));
  }
  for (const name of await readdir(join(store, 'journals'))) {
    const path = join(store, 'journals', name);
    const { records } = decode(await readFile(path));
    const states = records.filter((record) => record.t === 'state');
    const kept = records.filter((record) => {
      const last = record.t === 'state' && record.checkpoint === states.at(-1)?.checkpoint;
      return lastState === 'synced' || !last || record.boot !== undefined;
    });
    const earlier = kept.map((record) =>
      record.t === 'state' && record.boot !== undefined ? { ...record, boot: 'earlier' } : record,
    );
    await writeFile(path, Buffer.concat(earlier.map(encode)));
  }
}

async function storeIn(home: string): Promise<string> {
  const [store = ''] = await readdir(join(home, 'notebooks'));
  return join(home, 'notebooks', store);
}

async function newestObject(store: string): Promise<string> {
  const found: { path: string; time: number }[] = [];
  for (const part of await readdir(join(store, 'objects'))) {
    // Of no name yet: what was being written.
    if (part === 'incoming') continue;
    for (const name of await readdir(join(store, 'objects', part))) {
      const path = join(store, 'objects', part, name);
      found.push({ path, time: (await stat(path)).mtimeMs });
    }
  }
  return found.sort((a, b) => b.time - a.time)[0]?.path ?? '';
}

async function resumed(home: string): Promise<{ kernel: Kernel; notes: readonly string[]; value: number }> {
  const kernel = await Kernel.start(home);
  const { session } = kernel;
  await session.resume('main');
  const { restored, parts, place } = await session.open();
  const value = Number(await readFile(join(place.workspace, 'x.txt'), 'utf8'));
  expect(kernel.host.of(session.active.id).variables.get('x')).toBe(String(value));
  expect(kernel.host.of(session.active.id).tables()[value % 3]).toBe(String(value));
  expect(parts.changed()).toEqual({ database: false, variables: false });
  return { kernel, notes: [...session.takeNotes(), ...restored.notes], value };
}

test('a state that was not on the disk when the power went is not taken for whole, and the cell is named', () =>
  withHome(async (home) => {
    await runAndKill(home);
    const store = await storeIn(home);
    await restartMachine(store, 'on its way');
    const { kernel, notes, value } = await resumed(home);
    expect(notes.join('\n')).toContain(`"${value + 1}"`);
    await kernel.session.close();
    expect(await readdir(join(store, 'kernels'))).toEqual([]);
  }));

test('an object that never came to the disk whole is set aside before anything new refers to it', () =>
  withHome(async (home) => {
    await runAndKill(home);
    const store = await storeIn(home);
    const object = await newestObject(store);
    const whole = await readFile(object);
    await truncate(object, 0);
    await restartMachine(store, 'synced');
    const kernel = await Kernel.start(home);
    expect(kernel.session.takeNotes().join('\n')).toContain('machine stopped');
    await expect(stat(object)).rejects.toThrow('ENOENT');
    (await kernel.parts()).setFile('same', whole.toString('latin1'));
    const { saved } = await kernel.session.commit(ran());
    expect((await saved).problems).toEqual([]);
    await kernel.session.close();
  }));
