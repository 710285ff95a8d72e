import { expect, test } from '@jest/globals';
import type { PlayedTurn } from '../../../../tests/support/model-server-agent.js';
import { done, results } from './testing.js';

test('ask_user: an answer, and nobody there', async () => {
  const ask: PlayedTurn = { calls: [['ask_user', { question: 'Which year?' }]] };
  const answered = await results([ask, done], {
    ports: { ask: { ask: () => Promise.resolve('2024') } },
  });
  expect(answered.texts).toEqual(['[r1] The user answered: 2024']);
  expect((await results([ask, done])).texts[0]).toContain('sensible assumption');
});
