import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { failure, plainTraceback, run, runPastLimit } from '../sandbox.js';
import { besideNeighbour, RECOVERED } from './besideNeighbour.js';

let python: PythonSession;
besideNeighbour((session) => {
  python = session;
});

test('kills every process that it may', async () => {
  const ran = await run(python, 'import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), 9)');
  expect(failure(ran)).toMatch(/^ProcessDied: Python ended by SIGKILL/);
});

test('ends the process that saves its variables, as that begins', async () => {
  await run(
    python,
    'import os\nos.register_at_fork(after_in_child=lambda: os._exit(1))\nclass Own: pass\nown = Own()',
  );
  await expect((await python.snapshot())?.done).rejects.toThrow(
    'the process that wrote them ended before it was done',
  );
  expect(failure(await run(python, 'os._exit(1)'))).toMatch(/^ProcessDied/);
});

test('ends the process that saves its variables, while a child prints on and on', async () => {
  await run(
    python,
    'import os, subprocess\nchild = subprocess.Popen("while true; do echo child; sleep 0.01; done", shell=True)\nos.register_at_fork(after_in_child=lambda: os._exit(1))\nclass Own: pass\nown = Own()',
  );
  await expect((await python.snapshot())?.done).rejects.toThrow(
    'the process that wrote them ended before it was done',
  );
  expect(failure(await run(python, 'os._exit(1)'))).toMatch(/^ProcessDied/);
});

test('stops every process, the supervisor too', async () => {
  const ran = await run(
    python,
    'import os, signal\nos.kill(1, signal.SIGSTOP)\nos.kill(-1, signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)',
    {
      timeout: 300,
    },
  );
  expect(failure(ran)).toMatch(/^TimeoutError/);
});

test('cannot reach the supervisor: not its memory, not its descriptors', async () => {
  const ran = await run(
    python,
    `import ctypes, os
found = []
for what in ("mem", "fd/0", "environ", "maps"):
    try:
        open(f"/proc/1/{what}", "rb").read(1)
        found.append(what)
    except OSError:
        pass
try:
    os.listdir("/proc/1/fd")
    found.append("fd")
except OSError:
    pass
found, ctypes.CDLL(None, use_errno=True).ptrace(16, 1, 0, 0)`,
  );
  expect(ran.value).toBe('([], -1)');
});

test('ignores the interrupt, and is killed', async () => {
  const ran = await runPastLimit(
    python,
    'import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint("before")\nwhile True: time.sleep(1)',
  );
  expect(failure(ran)).toBe(`TimeoutError: ${ran.told}`);
  expect(ran.text).toBe('before\n');
  expect(ran.notices).toHaveLength(1);
});

test('writes garbage where the worker writes frames', async () => {
  const ran = await run(
    python,
    `import os
for fd in range(900, 1100):
    try:
        os.write(fd, b"\\xff" * 100)
    except OSError:
        pass
while True: pass`,
    { timeout: 5000 },
  );
  expect(ran.result.status).not.toBe('ok');
});

test('crashes in C', async () => {
  const ran = await run(python, 'import ctypes\nctypes.string_at(0)');
  expect(failure(ran)).toBe('ProcessDied: Python ended by a segmentation fault.');
  expect(ran.text).toBe('');
  expect(plainTraceback(ran)).toMatch(
    /^-+\nProcessDied +Traceback \(most recent call last\)\nCell \[\d+\], line 2\n----> 2 ctypes\.string_at\(0\)\nFile \/usr\/lib\/.*ctypes\/__init__\.py:\d+, in string_at\nProcessDied: Python ended by a segmentation fault\.$/,
  );
});

test('aborts, and a child of it crashes', async () => {
  const child = 'import ctypes, os\nif os.fork() == 0: ctypes.string_at(0)\nos.wait()[1]';
  const ran = await run(python, child);
  expect([ran.value, ran.text.slice(0, 38)]).toEqual(['11', 'Fatal Python error: Segmentation fault']);
  const aborted = await run(python, 'print("before", flush=True)\nos.abort()');
  expect([failure(aborted), aborted.text]).toEqual(['ProcessDied: Python ended by an abort.', 'before\n']);
  expect(plainTraceback(aborted)).toContain('Cell');
});

test('overwrites its own memory', async () => {
  for (const where of ['id(print) - 4096, 0x41, 100_000', 'id(object()) >> 20 << 20, 0, 1 << 20']) {
    const ran = await run(python, `import ctypes\nctypes.memset(${where})`, { timeout: 5000 });
    expect(failure(ran)).toMatch(/^(ProcessDied|TimeoutError): /);
    expect(ran.notices).toEqual([RECOVERED]);
  }
});

test('leaves by os._exit', async () => {
  expect(failure(await run(python, 'import os\nos._exit(3)'))).toBe(
    'ProcessDied: Python ended by itself, with exit code 3.',
  );
  expect(failure(await run(python, 'import sys\nsys.exit(3)'))).toBe('SystemExit: 3');
});

test('replaces what the runner uses: cells run, and their variables are saved', async () => {
  const hacks = [
    'import sys\nfor name in [n for n in sys.modules if n.startswith("worldline")]: sys.modules[name] = None',
    'import os\nos.write = lambda *_: 0',
    'import os\nfor name in "fork read open pipe dup2 fstat kill pread makedirs rename".split(): setattr(os, name, None)',
    'import pickle, cloudpickle.cloudpickle as inner\nfor module in (pickle, inner):\n    for name in dir(module):\n        if not name.startswith("__"): delattr(module, name)',
    'import sys\nfor name in ("pickle", "copyreg", "cloudpickle", "cloudpickle.cloudpickle"): sys.modules[name] = None',
    'import json, select, signal, time\njson.dumps = json.loads = json.JSONEncoder = select.select = signal.signal = time.perf_counter = None',
    'import sys\nsys.modules["numpy.random"] = None',
  ];
  for (const hack of hacks) {
    await run(python, 'class Own: value = 1\nown = Own()');
    expect([hack, failure(await run(python, hack))]).toEqual([hack, 'ok']);
    expect(failure(await run(python, 'own.value = 2'))).toBe('ok');
    expect((await (await python.snapshot())?.done)?.lost).toEqual([]);
    await run(python, 'import ctypes\nctypes.string_at(0)');
    expect([hack, (await run(python, 'own.value')).value]).toEqual([hack, '2']);
  }
});

test('replaces what Python itself cannot do without, and is told so', async () => {
  expect(failure(await run(python, 'import builtins\nbuiltins.len = None'))).toBe(
    "ProcessDied: The code replaced what Python cannot run cells without (TypeError: 'NoneType' object is not callable).",
  );
  expect((await run(python, '6 * 7')).value).toBe('42');
});

test('has modules in the workspace with the names of the runner’s', async () => {
  const names = ['frames', 'worker', 'json', 'numpy', 'snapshot', 'worldline_runner'];
  for (const name of names) await writeFile(join(python.workspace.path, `${name}.py`), 'value = "mine"\n');
  await run(python, 'import os\nos._exit(0)');
  expect((await run(python, 'import frames, snapshot\nframes.value, snapshot.value')).value).toBe(
    "('mine', 'mine')",
  );
  for (const name of names) await rm(join(python.workspace.path, `${name}.py`));
  await run(python, 'import os\nos._exit(0)');
});

test('leaves threads and children running', async () => {
  await run(
    python,
    `import subprocess, threading, time
def forever():
    while True:
        print("thread")
        time.sleep(0.01)
threading.Thread(target=forever, daemon=True).start()
child = subprocess.Popen("while true; do echo child; sleep 0.01; done", shell=True)`,
  );
  expect((await run(python, '6 * 7')).value).toBe('42');
  await run(python, 'import os\nos._exit(0)');
  expect((await run(python, 'print("quiet")')).text).toBe('quiet\n');
});

test('leaves a thread that prints on and on: the variables are saved all the same', async () => {
  await run(
    python,
    'import threading, time\ngo = True\ndef forever():\n    while go:\n        print("thread")\n        time.sleep(0.0001)\nthreading.Thread(target=forever).start()',
  );
  expect(await (await python.snapshot())?.done).toBeDefined();
  await run(python, 'go = False');
});

test('leaves a thread that prints, cell after cell: each ends as it should', async () => {
  const start = 'import os, threading\ngo = True\ndef forever():\n    while go: print("thread")';
  const { value } = await run(python, `${start}\nthreading.Thread(target=forever).start()\nos.getpid()`);
  for (let cell = 0; cell < 30; cell += 1) expect((await run(python, 'os.getpid()')).value).toBe(value);
  await run(python, 'go = False');
});

test('deletes the workspace', async () => {
  await run(python, 'import shutil, os\nshutil.rmtree(os.getcwd(), ignore_errors=True)');
  expect((await run(python, 'open("new.txt", "w").write("x")')).result.artifacts).toEqual([
    { path: 'new.txt', type: 'file', bytes: 1 },
  ]);
});
