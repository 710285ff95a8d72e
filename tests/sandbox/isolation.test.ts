import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { containerOf, HELD, failure, openSandbox, run, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let python: PythonSession;
let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'worldline-data-'));
  await chmod(data, 0o755);
  await writeFile(join(data, 'sales.csv'), 'a,b\n1,2\n');
  await writeFile(join(data, '.env'), 'SECRET=1');
  await mkdir(join(data, '.git'));
  await writeFile(join(data, '.git', 'config'), 'SECRET=1');
  await mkdir(join(data, 'deep', 'er', '.ssh'), { recursive: true });
  await writeFile(join(data, 'deep', 'er', '.ssh', 'id'), 'SECRET=1');
  sandbox = await openSandbox();
  python = await sandbox.open([data]);
  await run(python, '1');
});
afterAll(async () => {
  await sandbox.close();
  await rm(data, { recursive: true });
});

test('the engine confirms every setting', async () => {
  const { HostConfig, Config, Name, Mounts } = await containerOf(sandbox);
  expect(Name).toMatch(/^\/worldline_/);
  expect(Config.User).not.toMatch(/^(0|root)?(:|$)/);
  expect(HostConfig).toMatchObject({
    ...HELD,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    PidMode: '',
    IpcMode: 'private',
    UTSMode: '',
    Devices: null,
    Binds: null,
    CapAdd: null,
  });
  expect(HostConfig.Tmpfs).toEqual({ '/tmp': expect.stringContaining(`size=${String(64 * 1024 * 1024)}`) });
  const { path } = python.workspace;
  expect(
    Mounts.filter(({ RW, Type }) => RW && Type === 'bind')
      .map(({ Destination }) => Destination)
      .sort(),
  ).toEqual([path, `${path}/.worldline/out`]);
});

/** Each of these must fail inside. */
const denied: readonly (readonly [string, string])[] = [
  ['a write to the root', 'open("/x", "w")'],
  ['a write to the runner', 'open("/opt/worldline/worldline_runner/x.py", "w")'],
  ['a write to a data folder', 'open(data + "/x", "w")'],
  ['a write to /proc', 'open("/proc/sys/kernel/core_pattern", "w").write("x")'],
  ['a write to /sys', 'open("/sys/fs/cgroup/x", "w")'],
  ['a connection', 'import socket; socket.create_connection(("1.1.1.1", 53), 2)'],
  ['a name', 'import socket; socket.getaddrinfo("example.com", 80)'],
  ['a raw socket', 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'],
  ['the Docker socket', 'import socket; socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")'],
  ['a mount', 'assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0'],
  ['becoming root', 'import os; os.setuid(0)'],
  ['a root of its own', 'import os; os.chroot("/tmp")'],
  ['a user namespace', 'assert libc.unshare(0x10000000) == 0'],
  ['a device', 'import os; os.mknod("/tmp/d", 0o60666, os.makedev(8, 0))'],
  ['kernel keys', 'assert libc.syscall(250, 0, 0, 0, 0, 0) > 0'],
];
describe('inside, there is no', () => {
  test.each(denied)('%s', async (_what, code) => {
    const ran = await run(
      python,
      `import ctypes\nlibc = ctypes.CDLL(None)\ndata = ${JSON.stringify(data)}\n${code}`,
    );
    expect(ran.result.status).toBe('error');
  });

  test('capability, nor a way to get one', async () => {
    const ran = await run(
      python,
      '[line.split()[1] for line in open("/proc/self/status") if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))]',
    );
    expect(ran.value).toBe(
      "['0000000000000000',\n '0000000000000000',\n '0000000000000000',\n '0000000000000000',\n '0000000000000000',\n '1',\n '2']",
    );
  });

  test('set-uid that works', async () => {
    const ran = await run(
      python,
      'import os, shutil, subprocess\nshutil.copy("/usr/bin/id", "id")\nos.chmod("id", 0o6755)\nprint(subprocess.run(["./id", "-u"], capture_output=True, text=True).stdout.strip() == str(os.getuid()))',
    );
    expect(ran.text).toBe('True\n');
  });
});

test('a data folder is there under its own path, without its hidden entries', async () => {
  const ran = await run(
    python,
    `import os
data = ${JSON.stringify(data)}
open(data + "/sales.csv").read(), open(data + "/.env").read(), os.listdir(data + "/.git"), os.listdir(data + "/deep/er/.ssh")`,
  );
  expect(ran.value).toBe("('a,b\\n1,2\\n', '', [], [])");
});

test('orphaned processes are reaped', async () => {
  const ran = await run(
    python,
    `import os, subprocess, time
subprocess.run(["sh", "-c", "sleep 0.05 & sleep 0.05 &"])
deadline = time.time() + 10
def zombies():
    return sum(open(f"/proc/{pid}/stat").read().split()[2] == "Z" for pid in os.listdir("/proc") if pid.isdigit())
while time.time() < deadline and len([pid for pid in os.listdir("/proc") if pid.isdigit()]) > 3:
    time.sleep(0.02)
zombies()`,
  );
  expect(failure(ran)).toBe('ok');
  expect(ran.value).toBe('0');
});
