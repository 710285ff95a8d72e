import { expect, test } from '@jest/globals';
import { graphRows } from './rows.js';
import { checkpoint, graphOf, worldline } from './testing.js';

const start = (id: string) => ({ ...checkpoint(id, null, id), kind: 'root' as const });

test('a start at which nothing begins is no row: a kernel that went on with an earlier worldline leaves one', () => {
  const graph = graphOf(
    [start('blank'), checkpoint('c1', 'root', 'main'), start('root')],
    [worldline('main', 'c1', true)],
  );
  const { rows } = graphRows(graph, { text: '', show: 'all' }, new Map());
  expect(rows.map(({ checkpoint: { id } }) => id)).toEqual(['c1', 'root']);
});

test('a start at which a worldline stands is one', () => {
  const graph = graphOf([start('root')], [worldline('main', 'root', true)]);
  const { rows } = graphRows(graph, { text: '', show: 'all' }, new Map());
  expect(rows).toHaveLength(1);
});

test('what is searched for is in a title, a name or a source; of a source, its line takes the place of the title', () => {
  const graph = graphOf(
    [checkpoint('load rain', 'c1', 'wet'), checkpoint('c1', 'root', 'wet'), start('root')],
    [worldline('wet', 'load rain', true)],
  );
  const found = (text: string, hits: Readonly<Record<string, string>> = {}) =>
    graphRows(graph, { text, show: 'all' }, new Map(Object.entries(hits))).rows.map((row) => [
      row.checkpoint.id,
      row.line,
    ]);
  expect(found(' RAIN ')).toEqual([['load rain', null]]);
  expect(found('wet')).toEqual([['load rain', null]]);
  expect(found('rain', { 'load rain': '-- rain', c1: 'sum(rain)' })).toEqual([
    ['load rain', null],
    ['c1', 'sum(rain)'],
  ]);
});
