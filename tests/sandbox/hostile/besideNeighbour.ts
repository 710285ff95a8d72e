import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { openSandbox, run, type Sandbox } from '../sandbox.js';

/** What a cell is told whose worker died of it. */
export const RECOVERED = 'Python was started anew: the variables are as they were before this cell.';

/**
 * Gives the tests of a file a session with a variable, within small limits, and one beside it. Whatever a test did: the next
 * cell works, and has the variable; the worldline beside it noticed nothing.
 */
export function besideNeighbour(give: (python: PythonSession) => void): void {
  let sandbox: Sandbox;
  let python: PythonSession;
  let neighbour: PythonSession;
  beforeAll(async () => {
    sandbox = await openSandbox({
      SANDBOX_WORKSPACE_SIZE: '150m',
      SANDBOX_MEMORY: '400m',
      SANDBOX_PIDS: '64',
    });
    python = await sandbox.open();
    neighbour = await sandbox.open();
    await run(neighbour, 'mine = 7');
    await run(python, 'kept = [1, 2, 3]');
    await (
      await python.snapshot()
    )?.done;
    give(python);
  });
  afterEach(async () => {
    expect((await run(python, 'kept')).value).toBe('[1, 2, 3]');
    expect(await run(neighbour, 'mine')).toMatchObject({ value: '7', notices: [] });
  });
  afterAll(() => sandbox.close());
}
