import { expect, test } from '@jest/globals';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Graph } from '../worldlines/Graph.js';
import { checkpoint, graphOf, worldline } from '../worldlines/testing.js';
import { badgesFor } from './badgeText.js';
import { METADATA } from './storedCells.js';

const trans = {
  __: (text: string, ...args: unknown[]) =>
    text.replace(/%(\d)/g, (_, at: string) => String(args[Number(at) - 1])),
} as unknown as TranslationBundle;

const cell = (id: string, line: string) => ({
  metadata: { [METADATA]: { checkpoint: id, worldline: line } },
});

const graph = (): Graph =>
  graphOf(
    [
      checkpoint('c4', 'c1', 'side'),
      checkpoint('c3', 'c2', 'main'),
      checkpoint('c2', 'c1', 'main'),
      checkpoint('c1', null, 'main'),
    ],
    [worldline('main', 'c2', true), worldline('side', 'c4', false)],
  );

test('what ran here has no badge; what was undone, ran elsewhere or is out of date says so', () => {
  const kinds = (cells: Parameters<typeof badgesFor>[0]) =>
    badgesFor(cells, graph(), trans).map((badge) => badge?.kind ?? null);
  expect(kinds([cell('c1', 'main'), cell('c2', 'main')])).toEqual([null, null]);
  expect(kinds([cell('c1', 'main'), cell('c3', 'main')])).toEqual([null, 'undone']);
  expect(kinds([cell('c4', 'side')])).toEqual(['elsewhere']);
  expect(kinds([cell('c2', 'main'), cell('c1', 'main')])).toEqual([null, 'outdated']);
  expect(kinds([{ metadata: {} }, cell('gone', 'x')])).toEqual([null, 'elsewhere']);
});

test('the badge names the cause', () => {
  const [, outdated] = badgesFor([cell('c2', 'main'), cell('c1', 'main')], graph(), trans);
  expect(outdated?.text).toBe('Out of date: “c2” above ran again after this cell');
  expect(badgesFor([cell('c4', 'side')], graph(), trans)[0]?.text).toContain('“side”');
});
