import { expect, test } from '@jest/globals';
import { askOnce } from './askOnce.js';
import type { NotebookSession } from './NotebookSession.js';

test('the same is asked once in a turn, and again in the next', async () => {
  const asked: string[] = [];
  const request = (name: string, params: unknown): Promise<unknown> => {
    asked.push(`${name} ${JSON.stringify(params)}`);
    return Promise.resolve(asked.length);
  };
  const session = { request } as Pick<NotebookSession, 'request'>;
  const answers = [
    askOnce(session, 'artifacts', {}),
    askOnce(session, 'artifacts', {}),
    askOnce(session, 'tables', {}),
  ];
  expect(await Promise.all(answers)).toEqual([1, 1, 2]);
  await askOnce(session, 'artifacts', {});
  expect(asked).toEqual(['artifacts {}', 'tables {}', 'artifacts {}']);
});
