import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withoutColours } from '../sandbox/sandbox.js';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';

const MINUTES = 600_000;
/** Small ones, so that they are reached soon. */
const LIMITS = { SANDBOX_MEMORY: '400m', SANDBOX_PIDS: '64', SANDBOX_WORKSPACE_SIZE: '150m' };

let jupyter: JupyterFolder;
let folder: string;
beforeAll(() => {
  jupyter = installForTest();
  folder = mkdtempSync(join(tmpdir(), 'worldline-hostile-'));
});
afterAll(() => {
  jupyter.remove();
  rmSync(folder, { recursive: true });
});

const ANEW = 'Python was started anew: the variables are as they were before this cell\\.\\n';
/** Where all of the traceback is shown. */
const TOLD = (name: string, text: string): string => `-+\\n${name} +Traceback[^]*\\n${name}: ${text}`;

const MEMORY =
  "MemoryError: The code needed more than the sandbox's 400 MB of memory, and was stopped\\. .* SANDBOX_MEMORY\\.\\n%config sandbox-memory .*";
const WRITTEN = 'Files are written into the workspace\\. .*';

/** What a cell does, and all that is shown of it. */
const CELLS: readonly (readonly [what: string, code: string, shown: string])[] = [
  [
    'a fork bomb',
    '%%python --timeout 3\nimport os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass',
    `(.*\\n)*(TimeoutError: Stopped after 3 s, the time limit\\. .*|${MEMORY})`,
  ],
  [
    'a memory bomb',
    'everything = [bytearray(50_000_000) for _ in range(1000)]',
    `(The sandbox was .*\\n)?${ANEW}${MEMORY}`,
  ],
  [
    'a full workspace',
    'n = 0\nwhile True:\n    n += 1\n    with open(f"big-{n}", "wb") as file: file.write(bytes(20_000_000))',
    `${ANEW}(Files: big-1 \\(file, 20 MB\\), .*\\n)?(WorkspaceFull: Stopped: the workspace may hold 150 MB\\. Delete files, or set SANDBOX_WORKSPACE_SIZE\\.|${MEMORY})`,
  ],
  ['its clearing', 'import glob, os\nfor name in glob.glob("big-*"): os.unlink(name)', ''],
  [
    'a full /tmp',
    'with open("/tmp/x", "wb") as file: file.write(bytes(100_000_000))',
    `${TOLD('OSError', '\\[Errno 28\\] No space left on device')}\\n/tmp holds 64 MB \\(SANDBOX_TMP_SIZE\\), and is full\\. .*`,
  ],
  ['its clearing', 'import os\nos.unlink("/tmp/x")', ''],
  [
    'text without end',
    'line = "x" * 99\nfor _ in range(1_500_000): print(line)',
    '[^]*x\\nOutput is cut after 10 MB; (cell-\\d+-output\\.txt) gets all of it, up to 100 MB\\.\\n[^]*\\1 has the first 100 MB of 143 MB\\.\\nFiles: \\1 \\(file, 105 MB\\)',
  ],
  [
    'a line of 50 MB',
    'import glob, os\nfor name in glob.glob("cell-*"): os.unlink(name)\nprint("y" * 50_000_000)',
    'y*\\nOutput is cut after 10 MB; (cell-\\d+-output\\.txt) gets all of it, up to 100 MB\\.\\nFiles: \\1 \\(file, 50 MB\\)',
  ],
  [
    'bytes that are no text',
    'import os\nos.unlink(__import__("glob").glob("cell-*")[0])\nos.write(1, b"a\\xff\\n")',
    'a\ufffd\\n3',
  ],
  [
    'displays without end',
    'from IPython.display import display\nfor _ in range(200_000): display(1)',
    '(1\\n){2000}More than 2,000 displays, or 128 MB of them: the rest is left out\\.',
  ],
  [
    'a kill of all',
    'import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)',
    `${ANEW}ProcessDied: Python ended by SIGKILL\\.`,
  ],
  [
    'a stop of all',
    '%%python --timeout 1\nimport os, signal\nfor who in (1, -1, os.getpid()): os.kill(who, signal.SIGSTOP)',
    TOLD('TimeoutError', 'Stopped after 1 s, the time limit\\. .*'),
  ],
  [
    'the workspace deleted',
    'import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nos.listdir()',
    "\\['\\.worldline'\\]",
  ],
  [
    'modules of the runner replaced',
    'import sys\nfor name in [n for n in sys.modules if n.startswith("worldline")]: sys.modules[name] = None\nprint("replaced", flush=True)\nimport os\nos._exit(0)',
    `replaced\\n${ANEW}ProcessDied: Python ended by itself, with exit code 0\\.`,
  ],
  [
    'stdout replaced',
    'import sys\nclass Loud:\n    def write(self, text): raise OSError("loud")\nsys.stdout = sys.__stdout__ = Loud()\nprint(1)',
    TOLD('OSError', 'loud'),
  ],
  ['a recursion', 'def f(): return f()\nf()', TOLD('RecursionError', 'maximum recursion depth exceeded')],
  [
    'a crash in C',
    'import ctypes\nctypes.string_at(0)',
    `${ANEW}-+\\nProcessDied +Traceback \\(most recent call last\\)\\nCell \\[\\d+\\], line 2\\n----> 2 ctypes\\.string_at\\(0\\)\\nFile .*, in string_at\\nProcessDied: Python ended by a segmentation fault\\.`,
  ],
  [
    'a link out',
    'import os\nos.symlink("/etc/passwd", "passwd.png")',
    TOLD('PermissionError', '\\[Errno 1\\] Operation not permitted: .*'),
  ],
  [
    'a device, beside a pipe',
    'import os\nos.mkfifo("pipe.png")\nos.mknod("disk", 0o60666, os.makedev(8, 0))',
    TOLD('PermissionError', '\\[Errno 1\\] Operation not permitted'),
  ],
  [
    'odd names',
    'for name in ["a\\nb.png", b"\\xff.png", "..\\\\up.csv", "good.csv"]:\n    with open(name, "w") as file: file.write("x")',
    'Files: good\\.csv \\(csv, 1 B\\)',
  ],
  [
    'a name that leads out',
    'open("../../up.csv", "w")',
    `(The file \ufffd\\.png is not kept .*\\n)?${TOLD('PermissionError', '.*Permission denied.*')}`,
  ],
  [
    'a network',
    'import socket\nsocket.create_connection(("1.1.1.1", 53), 2)',
    `${TOLD('OSError', '\\[Errno 101\\] Network is unreachable')}\\nThe sandbox has no network\\. .*`,
  ],
  [
    "Docker's socket",
    'import socket\nsocket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")',
    TOLD('FileNotFoundError', '.*No such file or directory'),
  ],
  [
    '/proc',
    'open("/proc/sys/kernel/core_pattern", "w")',
    `${TOLD('OSError', '.*Read-only file system.*')}\\n${WRITTEN}`,
  ],
  ['set-uid', 'import os\nos.setuid(0)', TOLD('PermissionError', '\\[Errno 1\\] Operation not permitted')],
  [
    'modules named as the runner’s, and a new worker',
    'import os\nfor name in ("frames", "json", "worldline_runner"):\n    with open(name + ".py", "w") as file: file.write("mine = 1\\n")\nos._exit(0)',
    `${ANEW}Files: frames\\.py .*\\nProcessDied: Python ended by itself, with exit code 0\\.`,
  ],
  [
    'threads and children left running',
    'import subprocess, threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n_ = subprocess.Popen(["sleep", "1000"])',
    '',
  ],
];

interface Output {
  readonly output_type: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
  readonly traceback?: readonly string[];
}

/** All that a cell shows, as lines; a run of text that ends without a line's end gets one. */
function shown(outputs: readonly Output[]): string {
  const parts = outputs.map(({ output_type, text, data, traceback }) => {
    if (output_type === 'stream') return text ?? '';
    return output_type === 'error'
      ? `${(traceback ?? []).join('\n')}\n`
      : `${String(data?.['text/plain'])}\n`;
  });
  // It depends on how busy the machine is.
  return withoutColours(parts.join('').replace(/^Waiting until .*\n/m, '')).trimEnd();
}

function notebook(name: string, sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: 'code', id: `cell-${i}`, source, metadata: {}, outputs: [], execution_count: null },
  }));
  const kernelspec = { name: 'worldline', display_name: 'Worldline' };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return file;
}

const convert = (file: string, ...more: string[]): ReturnType<typeof runPython> =>
  runPython(
    [
      '-m',
      'nbconvert',
      '--to',
      'notebook',
      '--inplace',
      '--execute',
      '--ExecutePreprocessor.timeout=300',
      ...more,
      file,
    ],
    { ...jupyter.env, ...LIMITS },
  );

test(
  'a notebook of hostile cells: each is told what happened, and the next one works',
  async () => {
    const hostile = CELLS.flatMap(([, code]) => [
      code.startsWith('%%') ? code : `%%python\n${code}`,
      '%%python\nprint(kept)',
    ]);
    const file = notebook('hostile.ipynb', ['%%python\nkept = [1, 2, 3]', ...hostile]);
    const { code, output } = await convert(file, '--allow-errors');
    expect(code === 0 ? 'ran' : output).toBe('ran');
    const { cells } = JSON.parse(readFileSync(file, 'utf8')) as {
      cells: { outputs: Output[]; source: string }[];
    };
    const wrong = CELLS.flatMap(([what, , wanted], at) => {
      const [cell = '', next = ''] = [1, 2].map((n) => shown(cells[n + 2 * at]?.outputs ?? []));
      const wentOn = next.endsWith('[1, 2, 3]') && next.length < 1000;
      if (new RegExp(`^(?:${wanted})$`).test(cell) && wentOn) return [];
      return [{ what, cell: `${cell.slice(0, 1000)} … ${cell.slice(-1000)}`, next: next.slice(0, 1000) }];
    });
    expect(wrong).toEqual([]);
  },
  MINUTES,
);

test(
  'one such cell ends a run, with what happened',
  async () => {
    const file = notebook('crash.ipynb', [
      '%%python\nimport ctypes\nctypes.string_at(0)',
      '%%python\nprint(1)',
    ]);
    const { code, output } = await convert(file);
    expect(code).not.toBe(0);
    const said = withoutColours(output);
    expect(said).toContain('----> 2 ctypes.string_at(0)');
    expect(said.trimEnd()).toMatch(/ProcessDied: Python ended by a segmentation fault\.$/);
    expect(said).not.toContain('worldline_runner');
  },
  MINUTES,
);
