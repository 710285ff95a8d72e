import { expect, test } from '@jest/globals';
import { limitsKept } from './limitsKept.js';

const ALL = { CgroupVersion: '1', MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true };

test('an engine that keeps all limits is not warned of, nor one that says nothing', () => {
  expect(limitsKept(ALL, 'Docker', false)).toBeNull();
  expect(limitsKept({}, 'Docker', false)).toBeNull();
  expect(limitsKept({ ...ALL, CgroupVersion: '2' }, 'Podman', true)).toBeNull();
});

test('those that it does not keep are named', () => {
  expect(limitsKept({ ...ALL, MemoryLimit: false }, 'Docker', false)?.problem).toContain(
    'no limit of memory here',
  );
  expect(limitsKept({ ...ALL, CpuCfsQuota: false, PidsLimit: false }, 'Docker', false)).toMatchObject({
    problem: expect.stringContaining('no limit of CPU and processes here'),
    fix: expect.stringContaining('docker info'),
  });
});

test('without root and with cgroup v1 none is kept, whatever the engine says', () => {
  expect(limitsKept(ALL, 'Podman', true)).toMatchObject({
    problem:
      'Podman keeps no limit of memory, CPU and processes here: a cell can take all that the machine has.',
    fix: expect.stringContaining('cgroup v2'),
  });
});
