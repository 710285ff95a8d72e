import { expect, test } from '@jest/globals';
import type { CellRecord, Comparison } from '../contract.js';
import { FILE_LIST } from './artifacts.js';
import { comparisonDisplay } from './comparison.js';

const CELL: CellRecord = {
  ...{ checkpoint: 'b', kind: 'python', source: 'len(hot)', cellId: null, executionCount: 7, status: 'ok' },
  outputs: [
    { output_type: 'execute_result', data: { 'text/plain': '461' } },
    {
      output_type: 'display_data',
      data: { 'text/plain': 'Files: note.txt (file, 6 B)' },
      metadata: { [FILE_LIST]: true },
    },
  ],
};

function compared(cell: CellRecord): string {
  const comparison: Comparison = {
    ...{ a: 'a', b: 'b', ancestor: null, cellsA: [cell], cellsB: [] },
    ...{ tables: [], files: [], variables: [] },
  };
  const { data } = comparisonDisplay(comparison, 'one', 'other');
  return `${String(data['text/plain'])}\n${String(data['text/html'])}`;
}

test('a cell shows its answer, and not the list of files that stands after it', () => {
  const shown = compared(CELL);
  expect(shown).toContain('      461\n');
  expect(shown).toContain('>461</code></pre>');
  expect(shown).not.toContain('note.txt');
});

test('a cell that made nothing but files shows them', () => {
  expect(compared({ ...CELL, outputs: CELL.outputs.slice(1) })).toContain('Files: note.txt');
});

test('a cell that failed says so, and so does a worldline without cells since the fork', () => {
  const html = compared({ ...CELL, status: 'error', outputs: [] });
  expect(html).toContain('[7] failed');
  expect(html).toContain('No cells since the fork.');
});

test('a picture stands for itself', () => {
  const outputs = [
    { output_type: 'display_data', data: { 'image/png': 'AAAA', 'text/plain': '<Figure size 640x480>' } },
  ];
  const html = compared({ ...CELL, outputs }).split('<table')[1];
  expect(html).toContain('src="data:image/png;base64,AAAA"');
  expect(html).not.toContain('Figure');
});

test('one row is a row, and of a view the columns are counted', () => {
  const columns = [{ name: 'i', type: 'INTEGER' }];
  const table = {
    name: 't',
    change: 'only-a',
    rowsA: 1,
    rowsB: null,
    columnsA: columns,
    columnsB: [],
  } as const;
  const view = {
    name: 'v',
    change: 'changed',
    rowsA: null,
    rowsB: null,
    columnsA: columns,
    columnsB: columns,
  } as const;
  const comparison: Comparison = {
    ...{ a: 'a', b: 'b', ancestor: null, cellsA: [], cellsB: [] },
    ...{ tables: [table, view], files: [], variables: [] },
  };
  const shown = String(comparisonDisplay(comparison, 'one', 'other').data['text/plain']);
  expect(shown).toMatch(/table +t +1 row × 1 +–/);
  expect(shown).toMatch(/table +v +1 column +1 column \(contents differ\)/);
});
