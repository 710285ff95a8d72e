import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/** Notes how often a test tried what it is about, for `npm run trust`; one that notes nothing has tried once. */
export function tried(count: number): void {
  const { currentTestName, testPath } = expect.getState();
  note({ path: testPath, name: currentTestName, count });
}

/** Notes how many messages of each type were held against the rules of the protocol. */
export function noteMessages(messages: ReadonlyMap<string, number>): void {
  note({ messages: Object.fromEntries(messages) });
}

function note(entry: object): void {
  const file = process.env['WORLDLINE_TRIES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
