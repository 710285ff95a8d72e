import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readArtifact, type PythonSession } from '@worldline/sandbox';
import { failure, openSandbox, plainTraceback, run, runPastLimit, type Sandbox } from './sandbox.js';

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
});
afterAll(() => sandbox.close());

/** Whatever a cell did: the next one works, and has the variables; the worldline beside it noticed nothing. */
afterEach(async () => {
  expect((await run(python, 'kept')).value).toBe('[1, 2, 3]');
  expect(await run(neighbour, 'mine')).toMatchObject({ value: '7', notices: [] });
});

const RECOVERED = 'Python was started anew: the variables are as they were before this cell.';
/** Forks for ever, whatever the system says; each process does. */
const BOMB = 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass';

describe('code that takes too much', () => {
  test('of memory is stopped, with the limit named', async () => {
    const ran = await run(python, 'everything = [bytearray(50_000_000) for _ in range(1000)]');
    expect(failure(ran)).toMatch(/^MemoryError: .* 400 MB .*SANDBOX_MEMORY/);
    expect(ran.notices).toEqual([RECOVERED]);
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
        'The variables could not be kept: the process that wrote them was killed.',
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
    expect(
      failure(await run(python, 'import glob, os\nfor name in glob.glob("big-*"): os.unlink(name)')),
    ).toBe('ok');
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
});

describe('output', () => {
  test('without end is cut, and the text is kept as a file up to a limit', async () => {
    const ran = await run(python, 'line = "x" * 99\nfor _ in range(1_500_000): print(line)');
    expect(failure(ran)).toBe('ok');
    expect(ran.text.length).toBe(10 * 1024 * 1024);
    expect(ran.notices[0]).toMatch(
      /^Output is cut after 10 MB; cell-\d+-output\.txt gets all of it, up to 100 MB\.$/,
    );
    expect(ran.notices[1]).toMatch(/has the first 100 MB of 143 MB/);
    const [artifact] = ran.result.artifacts;
    expect(artifact).toMatchObject({ type: 'file', bytes: 100 * 1024 * 1024 });
    await run(python, `import os; os.unlink("${String(artifact?.path)}")`);
  });

  test('of one line of 50 MB is cut as well', async () => {
    const ran = await run(python, 'print("é" * 25_000_000)');
    expect(ran.text).toBe('é'.repeat(5 * 1024 * 1024));
    expect(ran.result.artifacts[0]?.bytes).toBe(50_000_001);
    await run(python, `import os; os.unlink("${String(ran.result.artifacts[0]?.path)}")`);
  });

  test('of more displays than are shown costs no more', async () => {
    const ran = await run(
      python,
      'class Shown:\n    count = 0\n    def _repr_html_(self):\n        Shown.count += 1\n        return "x"\nfrom IPython.display import display\nfor _ in range(100_000): display(Shown())',
    );
    expect(failure(ran)).toBe('ok');
    expect(ran.notices).toEqual(['More than 2,000 displays, or 128 MB of them: the rest is left out.']);
    expect(ran.events.filter(({ type }) => type === 'display')).toHaveLength(2000);
    expect((await run(python, 'Shown.count')).value).toBe('2001');
  });

  test('that is not UTF-8 becomes text, from any descriptor', async () => {
    const ran = await run(
      python,
      'import os\nos.write(1, b"a\\xff\\xc3")\nos.write(2, b"\\x80b")\nprint("\\ud800")',
    );
    expect(ran.text).toContain('a\ufffd\ufffd');
    expect(ran.text).toContain('\ufffdb');
  });

  test('to closed or replaced streams does not stop the next cell', async () => {
    await run(
      python,
      'import os, sys\nos.close(0); os.close(1); os.close(2)\nsys.stdout = sys.stderr = None',
    );
    expect((await run(python, 'print("here"); import os; os.system("echo there")')).text).toBe(
      'here\nthere\n',
    );
    await run(
      python,
      'import sys\nclass Loud:\n    def write(self, text): raise OSError\nsys.stdout = Loud()\nsys.__stdout__ = None',
    );
    expect((await run(python, 'print("again")')).text).toBe('again\n');
  });

  test('of a cell that closes every descriptor ends that process only', async () => {
    const ran = await run(python, 'import os\nos.closerange(0, 4000)');
    expect(failure(ran)).toMatch(/^ProcessDied: /);
  });
});

describe('code that attacks its runner', () => {
  test('kills every process that it may', async () => {
    const ran = await run(python, 'import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), 9)');
    expect(failure(ran)).toMatch(/^ProcessDied: Python ended by SIGKILL/);
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

  test('replaces the modules of the runner', async () => {
    await run(
      python,
      'import sys\nfor name in [n for n in sys.modules if n.startswith("worldline")]: sys.modules[name] = None',
    );
    await run(python, 'import json, os, socket\njson.dumps = json.loads = None');
    expect(failure(await run(python, '1'))).toBe('ProcessDied: Python ended by itself, with exit code 1.');
    await run(python, 'raise SystemExit');
    await run(python, 'import os\nos._exit(0)');
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

  test('deletes the workspace', async () => {
    await run(python, 'import shutil, os\nshutil.rmtree(os.getcwd(), ignore_errors=True)');
    expect((await run(python, 'open("new.txt", "w").write("x")')).result.artifacts).toEqual([
      { path: 'new.txt', type: 'file', bytes: 1 },
    ]);
  });
});

/** Every way of making a link that a Linux kernel has, by the numbers of x86-64 where they are its own. */
const MAKE_LINKS = `import ctypes, errno, json, mmap, os, platform, struct, subprocess
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), "denied")

def by_32_bits():
    # symlink is 83 there, and its texts lie below 4 GB.
    size, read_write_run = 4096, 7
    libc.mmap.restype = ctypes.c_void_p
    private_anonymous_below = 0x02 | 0x20 | 0x40
    at = libc.mmap(None, ctypes.c_size_t(size), read_write_run, private_anonymous_below, -1, ctypes.c_long(0))
    texts = at + 512
    ctypes.memmove(texts, b"/etc/passwd\\0link-32\\0", 20)
    code = b"\\x53\\xb8" + struct.pack("<I", 83) + b"\\xbb" + struct.pack("<I", texts)
    code += b"\\xb9" + struct.pack("<I", texts + 12) + b"\\xcd\\x80\\x5b\\xc3"
    ctypes.memmove(at, code, len(code))
    result = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
    if result < 0:
        raise OSError(-result, "denied")

ways = {
    "os": lambda: os.symlink("/etc/passwd", "link-os"),
    "at": lambda: os.symlink("/etc/passwd", "link-at", dir_fd=os.open(".", os.O_RDONLY)),
    "shell": lambda: subprocess.run(["ln", "-s", "/etc/passwd", "link-ln"], check=True, stderr=subprocess.DEVNULL),
    "hard": lambda: os.link("/etc/passwd", "link-hard"),
    "io_uring": lambda: call(425, 1, ctypes.create_string_buffer(120)),
}
if platform.machine() == "x86_64":
    ways |= {
        "x32": lambda: call(0x40000000 | 88, b"/etc/passwd", b"link-x32"),
        "32 bits": by_32_bits,
    }
made, denied = [], []
for name, way in ways.items():
    try:
        way()
        made.append(name)
    except (OSError, subprocess.CalledProcessError):
        denied.append(name)
print(json.dumps({"made": made, "denied": denied}))`;

describe('files for the host', () => {
  const maximum = 1_000_000;

  test('links are neither listed nor read', async () => {
    const { path } = python.workspace;
    await symlink('/etc/passwd', join(path, 'passwd.png'));
    await symlink('/etc', join(path, 'folder'));
    const ran = await run(python, 'open("real.csv", "w").write("a")');
    expect(ran.result.artifacts).toEqual([{ path: 'real.csv', type: 'csv', bytes: 1 }]);
    await expect(readArtifact(path, 'passwd.png', maximum)).rejects.toThrow('is a link');
    await expect(readArtifact(path, 'folder/passwd', maximum)).rejects.toThrow('is a link');
    await expect(readArtifact(path, '../../x', maximum)).rejects.toThrow('not a path inside');
    await expect(readArtifact(path, 'real.csv', 0)).rejects.toThrow('more than the 0');
    expect((await readArtifact(path, 'real.csv', maximum)).toString()).toBe('a');
  });

  test('code makes no links: one swapped in behind the host could lead it anywhere', async () => {
    const ran = await run(python, MAKE_LINKS);
    expect(JSON.parse(ran.text)).toEqual({ made: [], denied: expect.arrayContaining(['os', 'at', 'shell']) });
    expect((await readdir(python.workspace.path)).filter((name) => name.startsWith('link-'))).toEqual([]);
  });

  test('special files are neither listed nor opened', async () => {
    const ran = await run(
      python,
      'import os, socket\nos.mkfifo("pipe.png")\nsocket.socket(socket.AF_UNIX).bind("sock.png")\ntry:\n    os.mknod("disk", 0o60666, os.makedev(8, 0))\nexcept OSError as error:\n    print(error.strerror)',
    );
    expect(ran.text).toBe('Operation not permitted\n');
    expect(ran.result.artifacts).toEqual([]);
    await expect(readArtifact(python.workspace.path, 'pipe.png', maximum)).rejects.toThrow(
      'not a regular file',
    );
    await expect(readArtifact(python.workspace.path, 'sock.png', maximum)).rejects.toThrow(
      'not a regular file',
    );
  });

  test('names that could fool a reader are left out', async () => {
    const ran = await run(
      python,
      'for name in ["a\\nb.png", "..\\\\up.csv", "\\u202egnp.exe", b"\\xff.png", ".hidden", "good name ü.md"]: open(name, "w").write("x")',
    );
    expect(ran.result.artifacts.map(({ path }) => path)).toEqual(['good name ü.md']);
  });

  test('the hidden folder cannot be turned into a link', async () => {
    const ran = await run(
      python,
      `import os
tried = []
for step in ("os.rename('.worldline', 'moved')", "os.rename('.worldline/out', 'moved')", "os.symlink('/etc', '.worldline/exchange')", "open('.worldline/x', 'w')"):
    try:
        exec(step)
        tried.append(step)
    except OSError:
        pass
tried`,
    );
    expect(ran.value).toBe('[]');
  });

  test('a link in place of an exported frame is refused', async () => {
    const { path } = python.workspace;
    await mkdir(join(path, '.worldline', 'exchange'), { recursive: true });
    await run(python, 'import pandas as pd\nframe = pd.DataFrame({"a": [1]})');
    await symlink('/etc/passwd', join(path, '.worldline', 'out', 'f.parquet'));
    expect(await python.exportFrame('frame', '.worldline/exchange/f.parquet')).toMatchObject({
      fingerprint: expect.any(String),
    });
    expect(existsSync('/etc/passwd')).toBe(true);
  });
});
