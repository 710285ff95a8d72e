import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import type { KernelClient } from '../support/KernelClient.js';
import { errorOf, withKernel } from './withKernel.js';

/** What a worldline must hold: the numbers in a Python list, in a table and in a file. */
interface Holds {
  readonly python: readonly number[];
  readonly sql: readonly number[];
  readonly file: string;
}

type Action =
  | { readonly do: 'python' | 'sql' | 'file'; readonly value: number }
  | { readonly do: 'fail' | 'undo' | 'branch' | 'restart' }
  | { readonly do: 'switch'; readonly to: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('python', 'sql', 'file'), value: fc.nat(99) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('fail', 'undo', 'branch') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('switch'), to: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
);

const SETUP = '%%python\nitems = []; same = items\n_ = open("f.txt", "w").write("-")';

/** The model: each worldline is its past, one state after another, the newest last. */
class Model {
  readonly lines = new Map<string, Holds[]>();
  active = 'main';

  get past(): Holds[] {
    const past = this.lines.get(this.active);
    if (past === undefined) throw new Error(`no worldline ${this.active}`);
    return past;
  }
  get now(): Holds {
    const now = this.past.at(-1);
    if (now === undefined) throw new Error('nothing was run');
    return now;
  }
}

async function expectOk(kernel: KernelClient, code: string): Promise<string> {
  const cell = await kernel.execute(code);
  if (cell.status !== 'ok') throw new Error(`${code}\n${errorOf(cell)}`);
  return cell.stdout;
}

async function check(kernel: KernelClient, { now }: Model): Promise<void> {
  const cell = await kernel.execute(
    '%%python\nprint(items, same is items, sorted(sql("from t")["i"].tolist()), open("f.txt").read())',
  );
  const sorted = [...now.sql].sort((a, b) => a - b);
  const list = (values: readonly number[]): string => `[${values.join(', ')}]`;
  expect(cell.status === 'ok' ? cell.stdout : errorOf(cell)).toBe(
    `${list(now.python)} True ${list(sorted)} ${now.file}\n`,
  );
}

test('whatever is run, branched, switched, undone and restarted, each worldline holds what it must', async () => {
  const runs = fc.sample(fc.array(action, { minLength: 14, maxLength: 14 }), { seed: 20, numRuns: 3 });
  for (const actions of runs) {
    await withKernel(async (notebook) => {
      let { kernel } = notebook;
      const model = new Model();
      await expectOk(kernel, '%%sql create table t (i integer)');
      await expectOk(kernel, SETUP);
      model.lines.set('main', [{ python: [], sql: [], file: '-' }]);
      for (const next of actions) {
        kernel = await act(next, kernel, model, () => notebook.restart());
      }
      await check(kernel, model);
    });
  }
}, 300_000);

async function act(
  next: Action,
  kernel: KernelClient,
  model: Model,
  restart: () => Promise<KernelClient>,
): Promise<KernelClient> {
  const { past, now } = model;
  switch (next.do) {
    case 'python':
      await expectOk(kernel, `%%python\nitems.append(${next.value})`);
      past.push({ ...now, python: [...now.python, next.value] });
      break;
    case 'sql':
      await expectOk(kernel, `%%sql insert into t values (${next.value})`);
      past.push({ ...now, sql: [...now.sql, next.value] });
      break;
    case 'file':
      await expectOk(kernel, `%%python\n_ = open("f.txt", "w").write("${next.value}")`);
      past.push({ ...now, file: String(next.value) });
      break;
    case 'fail':
      expect((await kernel.execute('%%python\nitems.append(-1); 1 / 0')).status).toBe('error');
      past.push({ ...now, python: [...now.python, -1] });
      break;
    case 'undo':
      if (past.length < 2) break;
      await expectOk(kernel, '%undo');
      past.pop();
      await check(kernel, model);
      await expectOk(kernel, '%undo');
      break;
    case 'branch': {
      const name = `line-${model.lines.size}`;
      await expectOk(kernel, `%branch ${name}`);
      model.lines.set(name, [...past]);
      model.active = name;
      break;
    }
    case 'switch': {
      const names = [...model.lines.keys()];
      model.active = names[next.to % names.length] ?? model.active;
      await expectOk(kernel, `%switch ${model.active}`);
      await check(kernel, model);
      await expectOk(kernel, '%undo');
      break;
    }
    case 'restart': {
      const again = await restart();
      await expectOk(again, `%resume ${model.active}`);
      // Of the others, the model follows only the one that was resumed: they are of an earlier run now.
      for (const name of [...model.lines.keys()]) if (name !== model.active) model.lines.delete(name);
      return again;
    }
  }
  return kernel;
}
