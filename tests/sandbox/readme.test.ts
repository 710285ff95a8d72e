import { readFile, rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import * as sandbox from '@worldline/sandbox';

test('the program in the README runs, and prints what it says', async () => {
  const readme = await readFile('sandbox/README.md', 'utf8');
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = program
    .replace(/^import \{(.*)\} from .*$/m, 'const {$1} = sandbox;')
    .replace('event: unknown', 'event');
  const printed: unknown[] = [];
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('sandbox', 'console', body)(sandbox, {
    log: (value: unknown) => printed.push(value),
  });
  expect(printed).toEqual([{ type: 'stream', name: 'stdout', text: '6\n' }, 'ok']);
  await rm('/tmp/worldline-example', { recursive: true });
});
