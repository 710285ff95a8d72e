import { expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

const COMPOSED = '\u00e9t\u00e9';
const DECOMPOSED = 'e\u0301te\u0301';

async function withSession(use: (kernel: Kernel, home: string) => Promise<void>): Promise<void> {
  await withHome(async (home) => {
    const kernel = await Kernel.start(home);
    await use(kernel, home);
    await kernel.session.close();
  });
}

test('a name is the same name however its accents were typed', () =>
  withSession(async ({ session }) => {
    expect((await session.branch(DECOMPOSED)).name).toBe(COMPOSED);
    await expect(session.branch(COMPOSED)).rejects.toThrow(
      `There is a worldline "${COMPOSED}" already. Choose`,
    );
    expect((await session.switch(DECOMPOSED)).worldline.name).toBe(COMPOSED);
    await session.branch('idea');
    await expect(session.rename('idea', DECOMPOSED)).rejects.toThrow('already');
    expect((await session.rename(DECOMPOSED, 'e\u0301')).name).toBe('\u00e9');
  }));

test('names that differ in case only are not taken side by side, and the error says which is there', () =>
  withSession(async ({ session }) => {
    const taken = 'There is a worldline "main" already, and "MAIN" differs from it only in case.';
    await expect(session.branch('MAIN')).rejects.toThrow(taken);
    await session.branch('idea');
    await expect(session.rename('idea', 'MAIN')).rejects.toThrow(taken);
    await expect(session.switch('IDEA')).rejects.toThrow('There is no worldline "IDEA". Here is idea.');
    expect((await session.rename('idea', 'Idea')).name).toBe('Idea');
    await session.delete('Idea');
    expect((await session.branch('IDEA')).name).toBe('IDEA');
  }));

test('a deleted worldline comes back beside one that has its name by now, under a name of its own', () =>
  withSession(async (kernel) => {
    const { session } = kernel;
    await session.branchOff('idea');
    await kernel.parts();
    await session.commit(ran({ source: 'first' }));
    await session.switch('main');
    await session.delete('idea');
    await session.branch('Idea');
    expect((await session.resume('idea')).worldline).toMatchObject({ name: 'idea~2', deleted: false });
    expect(await session.cells()).toHaveLength(1);
  }));
