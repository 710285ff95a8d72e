import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Reads a tree of files as the supervisor reads /sys/fs/cgroup, before and after what `kills` writes. */
function read(before: Record<string, string>, after: Record<string, string>): unknown {
  const root = mkdtempSync(join(tmpdir(), 'worldline-cgroup-'));
  try {
    for (const [name, text] of Object.entries(before)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const program = `
import json, sys
sys.path.insert(0, "sandbox/image/runner")
import cgroup
root, after = json.loads(sys.argv[1])
cgroup.ROOT = root
room, kills, forks = cgroup.Room(), cgroup.oom_kills(), cgroup.refused_forks()
first = [room.limit, room.is_short(), kills.grew(), forks.grew()]
for name, text in after.items():
    with open(f"{root}/{name}", "w") as file:
        file.write(text)
print(json.dumps([first, [room.limit, room.is_short(), kills.grew(), forks.grew()], [kills.grew(), forks.grew()]]))`;
    const python = process.platform === 'win32' ? '.venv/Scripts/python' : '.venv/bin/python';
    return JSON.parse(
      execFileSync(python, ['-c', program, JSON.stringify([root, after])], { encoding: 'utf8' }),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

const seen = [
  [64, false, false, false],
  [64, true, true, true],
  [false, false],
];

test('limits and kills are read where cgroup v2 has them', () => {
  expect(
    read(
      {
        'memory.events': 'low 0\nhigh 0\nmax 7\noom 0\noom_kill 1\noom_group_kill 0\n',
        'pids.events': 'max 2\n',
        'pids.current': '3\n',
        'pids.max': '64\n',
      },
      {
        'memory.events': 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 0\n',
        'pids.events': 'max 3\n',
        'pids.current': '40\n',
      },
    ),
  ).toEqual(seen);
});

test('and where cgroup v1 has them', () => {
  expect(
    read(
      {
        'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
        'pids/pids.events': 'max 2\n',
        'pids/pids.current': '3\n',
        'pids/pids.max': '64\n',
      },
      {
        'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
        'pids/pids.events': 'max 3\n',
        'pids/pids.current': '40\n',
      },
    ),
  ).toEqual(seen);
});

test('where neither is, nothing is short and nothing was killed', () => {
  expect(read({ other: '' }, {})).toEqual([
    [null, false, false, false],
    [null, false, false, false],
    [false, false],
  ]);
});
