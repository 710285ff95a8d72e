import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorOf, shown, withKernel } from '../integration/withKernel.js';

test('a store that cannot be opened is told of with what to do, and opened by the next cell once it can be', async () => {
  const place = mkdtempSync(join(tmpdir(), 'worldline-store-'));
  const home = join(place, 'home');
  writeFileSync(home, 'not a folder');
  try {
    await withKernel(
      async ({ kernel }) => {
        for (const code of ['%%sql\nselect 1', '%worldlines', '%doctor']) {
          const failed = errorOf(await kernel.execute(code));
          expect(failed).toContain('StoreError');
          expect(failed).toContain(`kept in ${home}`);
        }
        rmSync(home);
        expect((await kernel.execute('%%sql\ncreate table t as select 1 a')).status).toBe('ok');
        expect(shown(await kernel.execute('%worldlines'))).toContain('1 cell');
      },
      { env: { WORLDLINE_HOME: home } },
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('a branch that cannot be opened is none; a store that was away for a while has everything when it is back', () =>
  withKernel(async ({ kernel, home, restart }) => {
    await kernel.execute('%%sql\ncreate table t as select 1 a');
    await kernel.execute('%branch idea');
    renameSync(home, `${home}-away`);
    expect(errorOf(await kernel.execute('%branch other --from main'))).toContain('StoreRemovedError');
    rmSync(home, { recursive: true, force: true });
    renameSync(`${home}-away`, home);
    expect(shown(await kernel.execute('%worldlines'))).not.toContain('other');
    expect((await kernel.execute('%%sql\ninsert into t values (2)')).status).toBe('ok');
    const later = await restart();
    expect(shown(await later.execute('%resume'))).toContain('idea');
    expect(shown(await later.execute('%%sql\nselect sum(a) from t'))).toContain('3');
  }));
