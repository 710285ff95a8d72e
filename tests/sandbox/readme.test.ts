import { readFile, rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import * as sandbox from '@worldline/sandbox';
import { streamsOf } from './sandbox.js';

test('the program in the README runs, and prints what it says', async () => {
  const readme = await readFile('sandbox/README.md', 'utf8');
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = program
    .replace(/^import \{(.*)\} from .*$/m, 'const {$1} = sandbox;')
    .replace('event: unknown', 'event');
  const printed: (sandbox.SandboxEvent | string)[] = [];
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('sandbox', 'console', body)(sandbox, {
    log: (value: sandbox.SandboxEvent | string) => printed.push(value),
  });
  const events = printed.filter((value) => typeof value !== 'string');
  expect(streamsOf({ events })).toEqual([{ name: 'stdout', text: '6\n' }]);
  expect(printed.at(-1)).toBe('ok');
  await rm('/tmp/worldline-example', { recursive: true });
});
