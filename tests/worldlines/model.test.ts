import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ran, type FakeParts } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

/** What must be there after a checkpoint. */
interface Expected {
  readonly tables: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly turns: readonly string[];
}
const EMPTY: Expected = { tables: [], variables: {}, files: {}, turns: [] };

type Step =
  | { readonly kind: 'cell'; readonly table: number; readonly name: string; readonly value: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'branch'; readonly from: number }
  | { readonly kind: 'switch'; readonly to: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'goto'; readonly to: number }
  | { readonly kind: 'restart'; readonly tidy: boolean }
  | { readonly kind: 'resume'; readonly which: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        ...{ kind: fc.constant('cell' as const), table: fc.nat(3), name: fc.constantFrom('a', 'b', 'c') },
        value: fc.string({ maxLength: 20 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('branch' as const), from: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('switch' as const), to: fc.nat(10) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('goto' as const), to: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), tidy: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), which: fc.nat(10) }) },
  ),
  { maxLength: 25 },
);

/** What chance seldom brings: a blank worldline gives way to one that is resumed, and is no longer there to switch to. */
const BLANK: [Step[]][] = [
  [
    [
      { kind: 'cell', table: 0, name: 'a', value: 'x' },
      { kind: 'restart', tidy: true },
      { kind: 'resume', which: 0 },
      { kind: 'switch', to: 0 },
    ],
  ],
];

/** Runs steps on a session and on a plain map of what every checkpoint held, and compares after each. */
class Run {
  readonly checkpoints = new Map<string, { expected: Expected; parent: string | null }>();
  readonly heads = new Map<string, string>();
  own: string[] = [];
  #names = 0;
  /** Worldlines in which a cell ran. */
  readonly #used = new Set<string>();

  constructor(
    readonly home: string,
    public kernel: Kernel,
  ) {
    this.#begin();
  }

  async step(step: Step): Promise<void> {
    const { session } = this.kernel;
    switch (step.kind) {
      case 'cell':
      case 'read':
        await this.#cell(step);
        break;
      case 'branch': {
        const from = pick([...this.checkpoints.keys()], step.from);
        const line = await session.branch(`b${this.#names++}`, from);
        this.own.push(line.id);
        this.heads.set(line.id, from);
        break;
      }
      case 'switch':
        await session.switch(pick(this.own, step.to));
        break;
      case 'undo': {
        const parent = this.checkpoints.get(this.#head())?.parent ?? null;
        if (parent === null) await expect(session.undo()).rejects.toThrow();
        else {
          await session.undo();
          this.heads.set(session.active.id, parent);
        }
        break;
      }
      case 'goto': {
        const to = pick([...this.checkpoints.keys()], step.to);
        await session.undo({ to });
        this.heads.set(session.active.id, to);
        break;
      }
      case 'restart':
        if (step.tidy) await session.close();
        else await session.settled();
        this.kernel = await Kernel.start(this.home);
        this.#begin();
        break;
      case 'resume': {
        const worldline = pick([...this.heads.keys()], step.which);
        const head = this.heads.get(worldline) ?? '';
        if (!this.own.includes(worldline) && (await this.#isEmpty(worldline))) break;
        const { worldline: line } = await session.resume(worldline);
        this.heads.set(line.id, head);
        if (!this.own.includes(line.id)) this.own.push(line.id);
        await this.#dropBlank();
        break;
      }
    }
    await this.check();
  }

  async check(): Promise<void> {
    const { session } = this.kernel;
    expect(session.active.head).toBe(this.#head());
    const expected = this.checkpoints.get(this.#head())?.expected ?? EMPTY;
    const parts = await this.kernel.parts();
    await session.ready('database');
    expect(parts.tables()).toEqual(expected.tables);
    expect(Object.fromEntries(parts.variables)).toEqual(expected.variables);
    for (const [name, text] of Object.entries(expected.files)) {
      expect(readFileSync(join(parts.place.workspace, name), 'utf8')).toBe(text);
    }
    expect((await session.conversation()).map(String)).toEqual(expected.turns);
  }

  async #cell(step: Extract<Step, { kind: 'cell' | 'read' }>): Promise<void> {
    const { session } = this.kernel;
    const before = this.checkpoints.get(this.#head())?.expected ?? EMPTY;
    await session.begin({ title: step.kind, cellId: null });
    const parts = await this.kernel.parts();
    await session.ready('database');
    await session.ready('workspace');
    const turn = `turn ${this.#names++}`;
    let expected: Expected = { ...before, turns: [...before.turns, turn] };
    if (step.kind === 'cell') expected = { ...expected, ...change(parts, before, step) };
    const { checkpoint } = await session.commit(ran({ turns: [turn] }));
    this.checkpoints.set(checkpoint.id, { expected, parent: this.#head() });
    this.heads.set(session.active.id, checkpoint.id);
    this.#used.add(session.active.id);
  }

  /** A worldline in which nothing was run is not kept by a restart. */
  async #isEmpty(worldline: string): Promise<boolean> {
    const { worldlines } = await this.kernel.session.graph(0, 0);
    return !worldlines.some((line) => line.id === worldline);
  }

  /** A worldline in which nothing was run gives its name and its place to one that is resumed. */
  async #dropBlank(): Promise<void> {
    const { worldlines } = await this.kernel.session.graph(0, 0);
    const gone = worldlines.filter(({ id, deleted }) => deleted && this.own.includes(id));
    for (const { id } of gone) expect(this.#used).not.toContain(id);
    const ids = new Set(gone.map(({ id }) => id));
    this.own = this.own.filter((id) => !ids.has(id));
  }

  #begin(): void {
    const { active } = this.kernel.session;
    this.own = [active.id];
    this.heads.set(active.id, active.head);
    this.checkpoints.set(active.head, { expected: EMPTY, parent: null });
    for (const [id, { parent }] of this.checkpoints) {
      if (
        parent === null &&
        id !== active.head &&
        ![...this.checkpoints.values()].some((c) => c.parent === id)
      ) {
        this.checkpoints.delete(id);
      }
    }
  }

  #head(): string {
    return this.heads.get(this.kernel.session.active.id) ?? '';
  }
}

function change(
  parts: FakeParts,
  before: Expected,
  { table, name, value }: Extract<Step, { kind: 'cell' }>,
): Partial<Expected> {
  parts.setTable(table, value);
  parts.setVariable(name, value);
  const file = `${name}.txt`;
  const files: Record<string, string> = { ...before.files, [file]: value };
  if (value.length % 3 === 0) {
    rmSync(join(parts.place.workspace, file), { force: true });
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the model of a folder is a plain object
    delete files[file];
  } else parts.setFile(file, value);
  const tables = [...before.tables];
  while (tables.length <= table) tables.push('');
  tables[table] = value;
  return { tables, files, variables: { ...before.variables, [name]: value } };
}

function pick<T>(items: readonly T[], at: number): T {
  const item = items[at % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

describe('a session and a simple model of it', () => {
  test('agree after every step', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await withHome(async (home) => {
          const run = new Run(home, await Kernel.start(home));
          for (const step of sequence) await run.step(step);
          await run.kernel.session.close();
        });
      }),
      { numRuns: 40, examples: BLANK },
    );
  }, 60_000);
});
