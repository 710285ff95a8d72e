import { expect, test } from '@jest/globals';
import { checkpoint, graphOf, worldline } from './testing.js';

const graph = graphOf(
  [
    checkpoint('c4', 'c2', 'side'),
    checkpoint('c3', 'c2', 'main'),
    checkpoint('c2', 'c1', 'main'),
    checkpoint('c1', null, 'main'),
  ],
  [worldline('main', 'c3', false), worldline('side', 'c4', true), worldline('old', 'c1', false)],
);

test('who opens a checkpoint means the worldline that ends there, else the active one that has it', () => {
  expect(graph.opens('c3')).toBe('main');
  expect(graph.opens('c4')).toBe('side');
  expect(graph.opens('c2')).toBe('side');
  expect(graph.opens('c1')).toBe('old');
});

test('a worldline in whose place one is told that goes on from it was used', () => {
  const resumed = graphOf([], [{ ...worldline('main-3', 'c1', true), continues: ['main-2', 'main'] }]);
  expect(['main', 'main-3', 'blank'].map((id) => resumed.wasUsed(id))).toEqual([true, true, false]);
});

test('all but the active worldline can be switched to', () => {
  expect(graph.otherWorldlines.map(({ id }) => id)).toEqual(['main', 'old']);
});
