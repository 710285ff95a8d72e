import Docker from 'dockerode';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { withMuteEngine } from '../support/muteEngine.js';
import { openSandbox } from './sandbox.js';

/** The time that an engine may take never passes. */
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
  });
});
afterEach(() => {
  jest.useRealTimers();
});

test('a workspace is there whatever the engine does: SQL runs in it without one', () =>
  withMuteEngine(async (socketPath) => {
    const sandbox = await openSandbox({}, new Docker({ socketPath }));
    const { manager } = sandbox;
    const alone = await manager.newWorkspace();
    manager.warm();
    const besideSpare = await manager.newWorkspace();
    expect(new Set([alone.path, besideSpare.path]).size).toBe(2);
    const checking = manager.check();
    jest.runAllTimers();
    expect(await checking).toMatchObject({
      ok: false,
      problem: expect.stringContaining('does not answer'),
      fix: expect.stringContaining('restart'),
    });
    await sandbox.close();
  }));
