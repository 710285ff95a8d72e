import { expect, test } from '@jest/globals';
import { turnsUpTo } from './turnsUpTo.js';
import type { Turn } from '../types.js';

const call = (id: string) => ({ id, name: 'run_sql', arguments: '{}' });
const result = (id: string, step: string): Turn => {
  return { role: 'tool', call: id, name: 'run_sql', text: `[${step}] done`, error: false, images: [] };
};
const RUN: Turn[] = [
  { role: 'user', text: 'Make three.' },
  { role: 'assistant', text: '', calls: [call('a'), call('b')] },
  result('a', 'r1'),
  result('b', 'r2'),
  { role: 'assistant', text: '', calls: [call('c')] },
  result('c', 'r3'),
  { role: 'assistant', text: 'Made.', calls: [] },
];

test('a run is cut after a step; calls that were not run then are answered, and the model is told', () => {
  const roles = (step: string) =>
    turnsUpTo(RUN, step).map((turn) => ('call' in turn ? turn.call : turn.role));
  expect(roles('r1')).toEqual(['user', 'assistant', 'a', 'b', 'assistant']);
  expect(roles('r2')).toEqual(['user', 'assistant', 'a', 'b', 'assistant']);
  expect(roles('r3')).toEqual(['user', 'assistant', 'a', 'b', 'assistant', 'c', 'assistant']);
  expect(turnsUpTo(RUN, 'r1').at(3)?.text).toContain('Not run');
  expect(turnsUpTo(RUN, 'r2').at(3)?.text).toContain('done');
  expect(turnsUpTo(RUN, 'r9')).toEqual([]);
});
