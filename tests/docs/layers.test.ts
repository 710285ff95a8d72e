import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Source, sourcesIn } from './sources.js';

/** What lies in no room, and everybody may import. */
const SHARED = new Set([
  'kernel/src/OneByOne.ts',
  'kernel/src/contract.ts',
  'kernel/src/counts.ts',
  'kernel/src/messageOf.ts',
  'kernel/src/mime.ts',
  'kernel/src/suggest.ts',
  'kernel/src/unlessAborted.ts',
  'kernel/src/waitAtMost.ts',
]);

/** The rooms, and the rooms that each may import. A room is a folder with everything below it. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'kernel/src/jupyter': [],
  'kernel/src/display': ['kernel/src/agent', 'sandbox/src'],
  'kernel/src/database': [],
  'kernel/src/worldlines': [],
  'kernel/src/agent': ['kernel/src/database', 'sandbox/src'],
  'kernel/src/cells': [
    'kernel/src/agent',
    'kernel/src/database',
    'kernel/src/display',
    'kernel/src/jupyter',
    'kernel/src/worldlines',
    'sandbox/src',
  ],
  'sandbox/src': [],
  'labextension/src': [],
};
/** Where a room gives another its types alone. */
const TYPES_ONLY = new Set(['kernel/src/agent → kernel/src/database', 'kernel/src/agent → sandbox/src']);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

describe('the arrows of docs/architecture.md', () => {
  test.each(Object.entries(ARROWS))('%s imports what it may, and nothing else', (room, allowed) => {
    const sources = sourcesIn(room);
    expect(sources).not.toHaveLength(0);
    const strays = sources.flatMap(importsOf).filter(({ to, typesOnly }) => {
      const target = Object.keys(ARROWS).find((name) => to.startsWith(`${name}/`));
      if (target === room || SHARED.has(to)) return false;
      if (target === undefined || !allowed.includes(target)) return true;
      return TYPES_ONLY.has(`${room} → ${target}`) && !typesOnly;
    });
    expect(strays).toEqual([]);
  });

  test('the shared files import nothing of the rooms', () => {
    const shared = sourcesIn('kernel/src').filter(({ path }) => SHARED.has(path));
    expect(shared).toHaveLength(SHARED.size);
    expect(shared.flatMap(importsOf).filter(({ to }) => !SHARED.has(to))).toEqual([]);
  });
});

/** Imports of the project's own files; packages are left out, apart from the sandbox. */
function importsOf({ path, text }: Source): Import[] {
  const statements = text.matchAll(/^(?:import|export) ([^;]*?)from '([^']+)';/gms);
  const dynamic = text.matchAll(/(import)\('([^']+)'\)/g);
  return [...statements, ...dynamic].flatMap(([, what = '', target = '']) => {
    const to = fileOf(path, target);
    return to === null ? [] : [{ from: path, to, typesOnly: /^type\b/.test(what) }];
  });
}

function fileOf(from: string, target: string): string | null {
  if (target === '@worldline/sandbox') return 'sandbox/src/index.ts';
  if (!target.startsWith('.')) return null;
  return posix.join(posix.dirname(from), target).replace(/\.js$/, '.ts');
}
