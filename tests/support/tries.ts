import { expect } from '@jest/globals';
import { note } from './trustNotes.js';

/** Notes how often a test tried what it is about, for `npm run trust`; one that notes nothing has tried once. */
export function tried(count: number): void {
  const { currentTestName, testPath } = expect.getState();
  note({ path: testPath, name: currentTestName, count });
}
