import { describe, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { failure, plainTraceback, run } from '../sandbox.js';
import { besideNeighbour, RECOVERED } from './besideNeighbour.js';

let python: PythonSession;
besideNeighbour((session) => {
  python = session;
});

/** Forks for ever, whatever the system says; each process does. */
const BOMB = 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass';

test('of memory is stopped, with the limit named', async () => {
  const ran = await run(python, 'everything = [bytearray(50_000_000) for _ in range(1000)]');
  expect(failure(ran)).toMatch(/^MemoryError: .* 400 MB .*SANDBOX_MEMORY/);
  expect(ran.notices).toEqual([RECOVERED]);
});

test('of memory that a child of one cell had is not said to end the next', async () => {
  const child = await run(
    python,
    'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "x = [bytearray(50_000_000) for _ in range(99)]"]).returncode',
  );
  expect(child.value).toBe('-9');
  const ran = await run(python, 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)');
  expect(failure(ran)).toBe('ProcessDied: Python ended by SIGKILL.');
});

describe('of processes', () => {
  const others = 'import os\nsum(name.isdigit() for name in os.listdir("/proc")) - 3';

  test('is told the limit', async () => {
    const ran = await run(
      python,
      'import threading\ngo = threading.Event()\nwhile True: threading.Thread(target=go.wait).start()',
    );
    expect(failure(ran)).toBe("RuntimeError: can't start new thread");
    // Whether something was left running, which is ended as well, depends on the cells before.
    expect(ran.notices[0]).toMatch(
      /^The code wanted more than the sandbox's 64 processes and threads \(SANDBOX_PIDS\)\./,
    );
    // The threads are still there: what prints has none to be had, which it did not want either.
    expect(await run(python, 'print("next")')).toMatchObject({ text: 'next\n', notices: [] });
    await expect(python.snapshot()).rejects.toThrow(/^what the code left running takes all processes/);
    await run(python, 'go.set()');
    expect(await python.snapshot()).not.toBeNull();
  });

  test('runs behind what is to end it, the more so the deeper it forks', async () => {
    const ran = await run(
      python,
      `import os
def below(depth):
    if depth == 0: return [os.nice(0)]
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, repr(below(depth - 1)).encode())
        os._exit(0)
    return [os.nice(0), *eval(os.read(reader, 999))]
[os.getpriority(os.PRIO_PROCESS, 1), *below(2)]`,
    );
    const priorities = JSON.parse(ran.value ?? '') as number[];
    expect(priorities).toEqual([...new Set(priorities)].sort((a, b) => a - b));
    expect(priorities).toHaveLength(4);
  });

  test('hears of an interrupt in the middle of a fork, too', async () => {
    const hook = 'os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))';
    const ran = await run(python, `import os, signal\n${hook}\nif os.fork() == 0: os._exit(0)\nprint("on")`);
    expect([failure(ran), ran.text]).toEqual(['KeyboardInterrupt: ', '']);
    await run(python, 'os._exit(0)');
  });

  test('with a fork bomb, is ended with its cell', async () => {
    const ran = await run(python, BOMB, { timeout: 3000 });
    // So many interpreters may need more memory than there is before they are too many.
    expect(failure(ran)).toMatch(/^(TimeoutError: Stopped after 3 s|MemoryError: .* 400 MB)/);
    expect((await run(python, others)).value).toBe('0');
  });

  test('with one that ignores the interrupt, too', async () => {
    const deaf = 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)';
    const ran = await run(python, `${deaf}\n${BOMB}`, { timeout: 1000 });
    expect(failure(ran)).toMatch(/^(TimeoutError: Stopped after 1 s|MemoryError: .* 400 MB)/);
    expect((await run(python, others)).value).toBe('0');
  });

  test('with one hooked into the saving of variables, ends that', async () => {
    const hooked = `def go():\n${BOMB.replace(/^/gm, '    ')}\nimport os\nos.register_at_fork(after_in_child=go)\nclass Own: pass\nown = Own()`;
    await run(python, hooked);
    await expect((await python.snapshot())?.done).rejects.toThrow(
      'The variables could not be kept: the process that wrote them ended before it was done.',
    );
    expect(failure(await run(python, 'os._exit(1)'))).toMatch(/^ProcessDied/);
  });
});

test('of the disk is stopped while it writes', async () => {
  const ran = await run(
    python,
    `import os
n = 0
while True:
    n += 1
    with open(f"big-{n}", "wb") as file:
        file.write(bytes(20_000_000))`,
  );
  // Written pages count as memory until the disk has them, so on a slow disk that limit may come first.
  expect(failure(ran)).toMatch(
    /^(WorkspaceFull: Stopped: the workspace may hold 150 MB\. Delete files|MemoryError: .* 400 MB)/,
  );
  expect(failure(await run(python, 'import glob, os\nfor name in glob.glob("big-*"): os.unlink(name)'))).toBe(
    'ok',
  );
});

test('of /tmp, or of one file, gets an error of the system, and is told the limit', async () => {
  const full = await run(python, 'open("/tmp/x", "wb").write(bytes(100_000_000))');
  expect(plainTraceback(full)).toMatch(
    /OSError: .*No space left on device\n\/tmp holds 64 MB \(SANDBOX_TMP_SIZE\), and is full\. .*$/,
  );
  expect(failure(await run(python, 'import os; os.unlink("/tmp/x")'))).toBe('ok');
  const long = await run(
    python,
    'import os\nos.truncate(os.open("long", os.O_CREAT | os.O_RDWR), 200 << 20)',
  );
  expect(plainTraceback(long)).toMatch(
    /OSError: .*File too large\nA file may have 150 MB, .* \(SANDBOX_WORKSPACE_SIZE\)\.$/,
  );
  await run(python, 'os.unlink("long")');
  const ran = await run(python, 'f = open("one", "wb")\nwhile True: f.write(bytes(10_000_000)); f.flush()');
  expect(ran.result.status).toBe('error');
  await run(python, 'import os; os.unlink("one")');
});

test('of the list of files: 60,000 files are counted, not all looked at', async () => {
  const ran = await run(
    python,
    'import os\nos.mkdir("many")\nfor i in range(60_000): os.close(os.open(f"many/{i}", os.O_CREAT | os.O_WRONLY))',
  );
  expect(failure(ran)).toBe('ok');
  expect(ran.result.artifacts.length).toBeLessThanOrEqual(200);
  expect(ran.notices.join()).toContain('more files than are looked at');
  await run(python, 'import shutil; shutil.rmtree("many")');
});

test('of depth: folders 500 levels deep', async () => {
  const ran = await run(
    python,
    'import os\nhere = os.getcwd()\nfor _ in range(500): os.mkdir("d"); os.chdir("d")\nos.chdir(here)',
  );
  expect(failure(ran)).toBe('ok');
  await run(python, 'import subprocess; subprocess.run(["rm", "-rf", "d"])');
});

test('of the stack', async () => {
  expect(failure(await run(python, 'def f(): return f()\nf()'))).toMatch(
    /^RecursionError: maximum recursion/,
  );
});
