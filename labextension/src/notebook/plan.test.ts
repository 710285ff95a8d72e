import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CellRecord } from '../../../kernel/src/contract.js';
import { continuedFrom, planSwitch } from './plan.js';
import {
  METADATA,
  keep,
  nothingKept,
  readKept,
  recall,
  show,
  takeOver,
  type KeptCells,
  type StoredCell,
} from './storedCells.js';

const code = (id: string, source: string, checkpoint?: string): StoredCell => ({
  id,
  cell_type: 'code',
  source,
  execution_count: null,
  metadata: checkpoint === undefined ? {} : { [METADATA]: { checkpoint, worldline: 'main' } },
  outputs: [{ output_type: 'stream', name: 'stdout', text: source }],
});
const markdown = (id: string, source: string): StoredCell => ({
  id,
  cell_type: 'markdown',
  source,
  metadata: {},
});
const record = (cell: StoredCell, checkpoint: string): CellRecord => ({
  checkpoint,
  kind: 'sql',
  source: String(cell.source),
  cellId: cell.id,
  executionCount: 1,
  status: 'ok',
  outputs: [],
});

/** A notebook and what it keeps, switched as the extension does. */
class Notebook {
  kept: KeptCells;

  constructor(
    public shown: readonly StoredCell[],
    first: string,
  ) {
    this.kept = show(nothingKept, first);
  }

  switch(
    target: string,
    records: readonly CellRecord[] | null = null,
    basePath: readonly string[] = [],
    continues: string | null = null,
  ): void {
    const { kept, shown } = this;
    const draftId = `draft-${target}`;
    const plan = planSwitch({
      ...{ shown, kept, putAs: kept.shown === null ? [] : [kept.shown], target, continues, records, draftId },
      basePath: new Set(basePath),
    });
    if (plan.splice) {
      const { from, to, cells } = plan.splice;
      this.shown = [...shown.slice(0, from), ...cells, ...shown.slice(to)];
    }
    // As it comes back from the file.
    this.kept = readKept(JSON.parse(JSON.stringify(plan.kept)));
  }

  sources(): string[] {
    return this.shown.map((cell) => String(cell.source));
  }
}

describe('switching a notebook’s cells', () => {
  const a = code('a', 'A', 'c1');
  const b = code('b', 'B', 'c2');
  const note = markdown('m', '# Note');

  test('a new branch keeps what is before the fork, and ends in an empty cell', () => {
    const notebook = new Notebook([a, note, b, markdown('n', '# After')], 'main');
    notebook.switch('side', [record(a, 'c1')], ['c1', 'c2']);
    expect(notebook.sources()).toEqual(['A', '']);
    notebook.switch('main');
    expect(notebook.sources()).toEqual(['A', '# Note', 'B', '# After']);
  });

  test('a branch in the middle of Run All keeps what stands below the cell that failed', () => {
    const branch = { ...code('x', '%branch side'), execution_count: 2 };
    const own: StoredCell = {
      ...code('o', 'DELETE'),
      metadata: { [METADATA]: { checkpoint: 's1', worldline: 'side' } },
      execution_count: 3,
    };
    const failed = { ...code('f', '%compare'), execution_count: 4 };
    const draft = code('d', 'draft');
    const notebook = new Notebook([a, branch, own, failed, note, draft], 'main');
    notebook.switch('side', [record(a, 'c1'), record(own, 's1')], ['c1']);
    expect(notebook.sources()).toEqual(['A', '%branch side', 'DELETE', '%compare', '# Note', 'draft']);
  });

  test('a branch at the last cell keeps what stands below it and did not run', () => {
    const branch = { ...code('x', '%branch side'), execution_count: 2 };
    const [draft, last] = [code('d', 'draft'), markdown('n', '# After')];
    const notebook = new Notebook([a, branch, note, draft, last, code('e', 'last draft')], 'main');
    const all = ['A', '%branch side', '# Note', 'draft', '# After', 'last draft'];
    notebook.switch('side', [record(a, 'c1')], ['c1']);
    expect(notebook.sources()).toEqual(all);
    notebook.switch('main');
    expect(notebook.sources()).toEqual(all);
  });

  test('Markdown between shared cells is shared', () => {
    const notebook = new Notebook([a, note, b], 'main');
    notebook.switch('side', [record(a, 'c1'), record(b, 'c2')], ['c1', 'c2']);
    expect(notebook.sources()).toEqual(['A', '# Note', 'B', '']);
  });

  test('cells without a checkpoint that ran after the last shared one come along, drafts do not', () => {
    const ran = (id: string, source: string): StoredCell => ({ ...code(id, source), execution_count: 7 });
    const cells = [a, ran('t', '%tables'), note, ran('s', '%branch side'), code('d', 'draft')];
    const notebook = new Notebook([...cells, b, ran('l', '%undo')], 'main');
    notebook.switch('side', [record(a, 'c1')], ['c1', 'c2']);
    expect(notebook.sources()).toEqual(['A', '%tables', '# Note', '%branch side', '']);
  });

  test('a cell that ran again in one worldline is as it was in the other', () => {
    const again = { ...code('b', 'B changed', 'c3') };
    const notebook = new Notebook([a, again], 'main');
    notebook.switch('side', [record(a, 'c1'), record(b, 'c2')], ['c1', 'c3']);
    expect(notebook.sources()).toEqual(['A', 'B', '']);
    notebook.switch('main');
    expect(notebook.sources()).toEqual(['A', 'B changed']);
  });

  test('runs that the notebook has never seen come in after the run before', () => {
    const notebook = new Notebook([a], 'main');
    const x = code('x', 'X');
    notebook.switch('agent', [record(a, 'c1'), record(x, 'c9')], ['c1']);
    expect(notebook.sources()).toEqual(['A', 'X', '']);
  });

  test('a cell that was removed before the fork stays removed', () => {
    const notebook = new Notebook([b], 'main');
    notebook.switch('side', [record(a, 'c1'), record(b, 'c2')], ['c1', 'c2']);
    expect(notebook.sources()).toEqual(['B', '']);
  });

  test('a resumed worldline has the cells of the one that it goes on from, notes and drafts too', () => {
    const notebook = new Notebook([a, note, b], 'main');
    notebook.switch('side', [record(a, 'c1')], ['c1']);
    notebook.switch('main-again', [record(a, 'c1'), record(b, 'c2')], ['c1', 'c2'], 'main');
    expect(notebook.sources()).toEqual(['A', '# Note', 'B']);
    expect(recall(notebook.kept, 'main')).toBeNull();
  });

  test('cells that a fresh worldline took over go back to the one that goes on', () => {
    const notebook = new Notebook([a, note, b], 'main');
    notebook.kept = takeOver(notebook.kept, 'fresh', true);
    notebook.kept = takeOver(notebook.kept, 'fresher', false);
    notebook.switch('main-again', [record(a, 'c1')], ['c1'], 'main');
    expect(notebook.sources()).toEqual(['A', '# Note', 'B']);
  });

  test('a worldline that went on while it was hidden gets its new runs', () => {
    const notebook = new Notebook([a], 'main');
    notebook.switch('side', [record(a, 'c1')], ['c1']);
    notebook.switch('main', [record(a, 'c1'), record(b, 'c2')], ['c1']);
    expect(notebook.sources()).toEqual(['A', 'B']);
  });

  test('one that goes on from another, with kernel runs in between that the notebook knows nothing of, gets its cells', () => {
    const kept = keep(show(nothingKept, 'side'), 'main', [a, note]);
    expect(continuedFrom(kept, ['main-3', 'main-2', 'main'])).toBe('main');
    expect(continuedFrom(takeOver(show(nothingKept, 'main'), 'fresh', true), ['main-2', 'main'])).toBe(
      'main',
    );
    expect(continuedFrom(kept, ['other'])).toBeNull();
  });

  test('cells that two worldlines have are kept for each, and once', () => {
    const { kept } = planSwitch({
      ...{
        shown: [a, note],
        kept: takeOver(show(nothingKept, 'main'), 'fresh', true),
        putAs: ['main', 'fresh'],
      },
      ...{ target: 'side', continues: null, records: [], basePath: new Set<string>(), draftId: 'd' },
    });
    expect([recall(kept, 'main'), recall(kept, 'fresh')]).toEqual([
      [a, note],
      [a, note],
    ]);
    expect(Object.keys(kept.pool)).toHaveLength(2);
  });

  test('cells that are the same in both are not touched', () => {
    const { splice } = planSwitch({
      shown: [a, note, b],
      kept: show(nothingKept, 'main'),
      putAs: ['main'],
      target: 'side',
      continues: null,
      records: [record(a, 'c1'), record(b, 'c2')],
      basePath: new Set(['c1', 'c2']),
      draftId: 'd',
    });
    expect(splice?.from).toBe(3);
    expect(splice?.to).toBe(3);
  });

  test('trust is never kept in the file', () => {
    const trusted = { ...a, metadata: { ...a.metadata, trusted: true } };
    const notebook = new Notebook([trusted], 'main');
    notebook.switch('side', [], []);
    expect(JSON.stringify(notebook.kept)).not.toContain('trusted');
  });

  test('metadata of another make counts as nothing kept', () => {
    for (const bad of [null, 3, [], { version: 2 }, { version: 1, lines: 3 }])
      expect(readKept(bad)).toEqual(nothingKept);
  });

  test('whatever is edited and however it is switched, every worldline comes back as it was left', () => {
    const lines = ['w0', 'w1', 'w2', 'w3'];
    const step = fc.oneof(
      fc.record({ do: fc.constant('switch' as const), to: fc.constantFrom(...lines) }),
      fc.record({ do: fc.constant('insert' as const), at: fc.nat(9), text: fc.string() }),
      fc.record({ do: fc.constant('edit' as const), at: fc.nat(9), text: fc.string() }),
      fc.record({ do: fc.constant('delete' as const), at: fc.nat(9) }),
      fc.record({ do: fc.constant('run' as const), at: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const notebook = new Notebook([a, note, b], 'w0');
        const left = new Map<string, readonly StoredCell[]>();
        let count = 0;
        for (const each of steps) {
          const cells = [...notebook.shown];
          if (each.do === 'switch') {
            const current = notebook.kept.shown ?? '';
            if (each.to === current) continue;
            left.set(current, notebook.shown);
            notebook.switch(each.to, left.has(each.to) ? null : [record(a, 'c1')], ['c1', 'c2']);
            const before = left.get(each.to);
            if (before) expect(notebook.shown).toEqual(before);
          } else if (each.do === 'insert') {
            cells.splice(each.at, 0, code(`new-${count++}`, each.text));
            notebook.shown = cells;
          } else {
            const at = each.at % Math.max(1, cells.length);
            const cell = cells[at];
            if (!cell) continue;
            if (each.do === 'delete') cells.splice(at, 1);
            else if (each.do === 'edit') cells[at] = { ...cell, source: each.text };
            else if (cell.cell_type === 'code')
              cells[at] = code(cell.id, String(cell.source), `run-${count++}`);
            notebook.shown = cells;
          }
        }
        for (const [line, cells] of left) {
          if (line !== notebook.kept.shown) expect(recall(notebook.kept, line)).toEqual(cells);
        }
      }),
    );
  });
});
