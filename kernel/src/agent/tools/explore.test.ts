import { expect, test } from '@jest/globals';
import type { Ports } from '../ports.js';
import { done, results } from './testing.js';

test('explore runs tasks side by side, and asks for at least two', async () => {
  const explore: Ports['explore'] = {
    explore: (tasks) =>
      Promise.resolve({ text: tasks.map(({ name }) => name).join(' and '), displays: [], summary: '' }),
  };
  const task = (name: string) => ({ name, task: 'Do it.' });
  const { texts } = await results(
    [
      {
        calls: [
          ['explore', { tasks: [task('a')] }],
          ['explore', { tasks: [task('a'), task('b')] }],
        ],
      },
      done,
    ],
    { ports: { explore } },
  );
  expect(texts).toEqual([expect.stringContaining('at least two'), '[r2] a and b']);
});
