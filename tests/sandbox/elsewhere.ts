import { expect } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { failure, run } from './sandbox.js';

/** What a session must do whatever runs its container: keep variables, be interrupted, and recover. */
export async function keepsItsWord(python: PythonSession): Promise<void> {
  await run(python, 'kept = [1, 2, 3]');
  await (
    await python.snapshot()
  )?.done;
  const ran = await run(python, 'print(kept, flush=True)\nwhile True: pass', { timeout: 500 });
  expect([ran.text, failure(ran)]).toEqual([
    '[1, 2, 3]\n',
    'TimeoutError: Stopped after 0.5 s, the time limit.',
  ]);
  expect(failure(await run(python, 'import os\nos._exit(3)'))).toMatch(/^ProcessDied/);
  expect((await run(python, 'kept')).value).toBe('[1, 2, 3]');
}

/** Three ways out, each tried, and the capabilities that the code has and can get. */
export const LEFT_ALONE = `import os, socket
def refused(what):
    try:
        what()
    except OSError:
        return True
(
    refused(lambda: open("/x", "w")),
    refused(lambda: socket.create_connection(("1.1.1.1", 53), 2)),
    refused(lambda: os.setuid(0)),
    {line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd"))},
)`;
