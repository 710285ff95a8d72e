import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readArtifact, type PythonSession } from '@worldline/sandbox';
import { run } from '../sandbox.js';
import { besideNeighbour } from './besideNeighbour.js';
import { MAKE_LINKS } from './makeLinks.js';

let python: PythonSession;
besideNeighbour((session) => {
  python = session;
});

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
