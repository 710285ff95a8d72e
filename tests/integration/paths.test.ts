import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorOf, rowsOf, withKernel, type Notebook } from './withKernel.js';

/** A kernel whose notebook lies in the home folder itself, as it does where Jupyter is started there. */
function atHome(body: (notebook: Notebook) => Promise<void>): Promise<void> {
  return withKernel(async ({ folder, restart, ...rest }) => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'sales.csv'), 'a\n1\n2\n');
    writeFileSync(join(folder, 'data/more.csv'), 'a\n3\n4\n5\n');
    const kernel = await restart({ HOME: folder });
    await body({ ...rest, folder, restart, kernel });
  });
}

test('a pattern finds what is in the workspace and what lies beside the notebook, each file once', () =>
  withKernel(async ({ kernel, folder }) => {
    const sum = async (pattern: string) =>
      rowsOf(await kernel.execute(`%%sql\nSELECT sum(a)::int AS n FROM '${pattern}'`));
    for (const [name, value] of Object.entries({ 'one.csv': 1, 'years/two.csv': 2 })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `a\n${value}\n`);
    }
    await kernel.execute(`%%python
import os
os.mkdir('out')
for path, value in {'four.csv': 4, 'out/eight.csv': 8, 'out/sixteen.csv': 16}.items():
    print('a', value, sep='\\n', file=open(path, 'w'))`);
    expect(await sum('*.csv')).toEqual([['5']]);
    expect(await sum('out/*.csv')).toEqual([['24']]);
    expect(await sum('years/*.csv')).toEqual([['2']]);
    writeFileSync(join(folder, 'years/later.csv'), 'a\n32\n');
    expect(await sum('years/**/*.csv')).toEqual([['34']]);
    expect(await sum(`${folder}/**/*.csv`)).toEqual([['35']]);
    const refused = errorOf(await kernel.execute(`%%sql\nFROM '**/*.csv'`));
    expect(refused).toContain(`'${folder}/**/*.csv'`);
  }));

test('files beside a notebook in the home folder are read by the names that cells give them, and no others', async () => {
  await atHome(async ({ kernel }) => {
    const count = async (source: string) => rowsOf(await kernel.execute(source));
    expect(await count(`%%sql\nSELECT count(*) n FROM 'sales.csv'`)).toEqual([['2']]);
    expect(await count(`%%sql\nSELECT count(*) n FROM 'data/more.csv'`)).toEqual([['3']]);
    const python = await kernel.execute(
      `%%python\nimport os\nprint(len(open('sales.csv').readlines()), os.listdir('data'))`,
    );
    expect(python.stdout).toBe(`3 ['more.csv']\n`);
  });
});

test('a folder of the home folder that was granted is reached by its name', async () => {
  await atHome(async ({ kernel }) => {
    const refused = await kernel.execute(`%%sql\nFROM 'data/*.csv'`);
    expect(errorOf(refused)).toContain('%allow');
    await kernel.execute('%allow data');
    const all = await kernel.execute(`%%sql\nSELECT count(*) n FROM 'data/*.csv'`);
    expect(rowsOf(all)).toEqual([['3']]);
  });
});
