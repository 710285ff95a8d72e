import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { OpenWorldline } from '../../kernel/src/worldlines/index.js';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

/** From now on no worldline of this kernel can be opened. */
function breakOpening({ host }: Kernel): void {
  host.open = () => Promise.reject(new Error('no room'));
}

async function run(kernel: Kernel, value: string): Promise<void> {
  (await kernel.parts()).setVariable('x', value);
  await (
    await kernel.session.commit(ran({ source: value }))
  ).saved;
}

const variables = ({ parts }: OpenWorldline) =>
  Object.fromEntries((parts as never as { variables: [] }).variables);

async function listed({ session }: Kernel): Promise<string[]> {
  const { worldlines } = await session.graph(0, 0);
  return worldlines
    .filter(({ deleted }) => !deleted)
    .map(({ name, earlier }) => (earlier ? `${name}, earlier` : name));
}

describe('a worldline that cannot be opened', () => {
  test('does not become active, and a new one is not left over', () =>
    withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'earlier');
      await first.session.close();
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      await run(kernel, 'one');
      await session.branch('side');
      await session.branch('gone');
      await session.delete('gone');
      const { id } = session.active;
      const before = await listed(kernel);
      breakOpening(kernel);
      for (const go of [
        () => session.branchOff('new'),
        () => session.switch('side'),
        () => session.resume('gone'),
        () => session.resume('main'),
      ]) {
        await expect(go()).rejects.toThrow('no room');
        expect(session.active.id).toBe(id);
        expect(await listed(kernel)).toEqual(before);
      }
      expect(variables(await session.open())).toEqual({ x: 'one' });
      await session.close();
    }));

  test('leaves the blank one of a new kernel where it was, with its name', () =>
    withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'earlier');
      await first.session.close();
      const kernel = await Kernel.start(home);
      const { session, host } = kernel;
      const { id } = session.active;
      const open = host.open.bind(host);
      breakOpening(kernel);
      await expect(session.resume('main')).rejects.toThrow('no room');
      await expect(session.adopt((await session.lastEarlier())?.id ?? '')).rejects.toThrow('no room');
      expect(session.active).toMatchObject({ id, name: 'main', deleted: false });
      expect(await session.cells()).toEqual([]);
      host.open = open;
      expect((await session.resume('main')).worldline).toMatchObject({ name: 'main', active: true });
      expect(variables(await session.open())).toEqual({ x: 'earlier' });
      expect(await listed(kernel)).toEqual(['main']);
      await session.close();
    }));
});

test('what came of opening a worldline is told when it is opened, and not each time that it becomes active', () =>
  withHome(async (home) => {
    const kernel = await Kernel.start(home);
    const { session, host } = kernel;
    await run(kernel, 'one');
    await session.branch('side');
    const open = host.open.bind(host);
    const lost = [{ name: 'socket', reason: 'it is a connection' }];
    host.open = async (place) => {
      const parts = await open(place);
      parts.restoreVariables = () => Promise.resolve({ lost } as never);
      return parts;
    };
    expect((await session.switch('side')).restored.lost).toEqual(lost);
    await session.switch('main');
    expect((await session.switch('side')).restored.lost).toEqual([]);
    await session.close();
  }));

test.each(['main', 'side'])(
  'resuming %s takes the workspace of the blank worldline, which may have a container by now',
  (name) =>
    withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'earlier');
      await first.session.branchOff('side');
      await run(first, 'earlier');
      await first.session.close();
      const { session, host } = await Kernel.start(home);
      const given = join(home, 'given');
      let free: string | null = given;
      host.newWorkspace = async () => {
        const workspace = free;
        free = null;
        if (workspace !== null) await mkdir(workspace, { recursive: true });
        return workspace;
      };
      host.leaveWorkspace = (workspace) => {
        free = workspace;
        return Promise.resolve();
      };
      expect((await session.open()).place.workspace).toBe(given);
      await session.resume(name);
      const resumed = await session.open();
      expect(resumed.place.workspace).toBe(given);
      expect(variables(resumed)).toEqual({ x: 'earlier' });
      await session.close();
    }),
);
