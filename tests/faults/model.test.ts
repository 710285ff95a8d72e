import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shown, withKernel, type Notebook } from '../integration/withKernel.js';
import type { KernelClient } from '../support/KernelClient.js';

/** Rows of steps in the suite; more with WORLDLINE_MODEL_RUNS. */
const RUNS = Number(process.env['WORLDLINE_MODEL_RUNS'] ?? 1);
const STEPS = 12;

type Step =
  | { readonly kind: 'sql' | 'python' | 'branch' | 'undo' | 'kill' }
  | { readonly kind: 'switch'; readonly to: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('sql' as const, 'python' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('branch' as const, 'undo' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('switch' as const), to: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  ),
  { minLength: STEPS, maxLength: STEPS },
);

/** What must be there: rows of the table; the variables, of which one is large, and the file hold the same. */
interface State {
  readonly rows: readonly number[];
  readonly values: readonly number[];
}

const LOOK = `%%python
rows = sql("select i from t order by i")["i"].tolist()
print(rows, values, open("values.txt").read(), big[:len(values)].astype(int).tolist() == values and len(big))`;

/** Runs steps in a real kernel and on a map of what every worldline's cells left, and compares after each. */
class Run {
  readonly #lines = new Map<string, State[]>();
  #active = 'main';
  #next = 1;

  constructor(
    private readonly notebook: Notebook,
    private kernel: KernelClient,
  ) {}

  async begin(): Promise<void> {
    await this.#cell('%%sql\ncreate table t (i integer)');
    await this.#cell(
      '%%python\nimport numpy as np\nbig = np.zeros(500_000); values = []\n_ = open("values.txt", "w").write("[]")',
    );
    this.#lines.set('main', [{ rows: [], values: [] }]);
    await this.#look();
  }

  async step(step: Step): Promise<void> {
    const history = this.#history();
    const { rows, values } = this.#state();
    const n = this.#next++;
    switch (step.kind) {
      case 'sql':
        await this.#cell(`%%sql\ninsert into t values (${n})`);
        history.push({ rows: [...rows, n], values });
        break;
      case 'python':
        await this.#cell(
          `%%python\nbig[len(values)] = ${n}; values.append(${n})\n_ = open("values.txt", "w").write(str(values))`,
        );
        history.push({ rows, values: [...values, n] });
        break;
      case 'branch':
        await this.#cell(`%branch b${n}`);
        this.#active = `b${n}`;
        this.#lines.set(this.#active, [...history]);
        break;
      case 'switch':
        await this.#go('switch', [...this.#lines.keys()][step.to % this.#lines.size] ?? 'main');
        break;
      case 'undo':
        if (history.length < 3) return;
        await this.#cell('%undo 2');
        history.splice(-2);
        break;
      case 'kill':
        await this.#kill();
        break;
    }
    await this.#look();
  }

  /** All worldlines come back with the next kernel, each as it was. */
  async #kill(): Promise<void> {
    const before = this.#active;
    this.kernel.process.signal('SIGKILL');
    await this.kernel.process.exited;
    this.kernel = await this.notebook.startAgain();
    for (const name of this.#lines.keys()) if (name !== before) await this.#go('resume', name);
    await this.#go('resume', before);
  }

  async #go(how: 'switch' | 'resume', name: string): Promise<void> {
    await this.#cell(`%${how} ${name}`);
    this.#active = name;
  }

  /** Looking is a cell as well, that changes nothing but a variable which nobody asks for. */
  async #look(): Promise<void> {
    const { rows, values } = this.#state();
    const list = `[${values.join(', ')}]`;
    expect(await this.#cell(LOOK)).toBe(`[${rows.join(', ')}] ${list} ${list} 500000\n`);
    this.#history().push(this.#state());
  }

  async #cell(code: string): Promise<string> {
    const cell = await this.kernel.execute(code);
    const text = shown(cell);
    expect([code, cell.status, cell.status === 'ok' ? '' : text]).toEqual([code, 'ok', '']);
    return text;
  }

  #history(): State[] {
    return this.#lines.get(this.#active) ?? [];
  }

  #state(): State {
    return this.#history().at(-1) ?? { rows: [], values: [] };
  }
}

test(
  'random cells, branches, switches, undos and kills in a real kernel leave what a simple model says',
  () =>
    fc.assert(
      fc.asyncProperty(steps, (list) =>
        withKernel(async (notebook) => {
          const run = new Run(notebook, notebook.kernel);
          await run.begin();
          for (const step of list) await run.step(step);
          await run.step({ kind: 'kill' });
        }),
      ),
      { numRuns: RUNS, endOnFailure: true },
    ),
  120_000 + RUNS * 180_000,
);
