import { expect, test } from '@jest/globals';
import { graphRows } from './rows.js';
import { checkpoint, graphOf, worldline } from './testing.js';

const start = (id: string) => ({ ...checkpoint(id, null, id), kind: 'root' as const });

test('a start at which nothing begins is no row: a kernel that went on with an earlier worldline leaves one', () => {
  const graph = graphOf(
    [start('blank'), checkpoint('c1', 'root', 'main'), start('root')],
    [worldline('main', 'c1', true)],
  );
  const { rows } = graphRows(graph, { text: '', show: 'all' });
  expect(rows.map(({ checkpoint: { id } }) => id)).toEqual(['c1', 'root']);
});

test('a start at which a worldline stands is one', () => {
  const { rows } = graphRows(graphOf([start('root')], [worldline('main', 'root', true)]), {
    ...{ text: '', show: 'all' },
  });
  expect(rows).toHaveLength(1);
});
