import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { KernelClient } from './KernelClient.js';

interface Recorded {
  readonly msg_type: string;
  readonly msg_id: string;
  readonly parent_header: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

test('what a tapped kernel sends is written down, message by message as its client gets it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worldline-tap-'));
  const file = join(folder, 'messages.jsonl');
  const kernel = await KernelClient.start({
    argv: [
      ...['--import', resolve('tests/support/tapMessages.mjs')],
      ...[resolve('kernel/dist/main.js'), '{connection_file}'],
    ],
    cwd: folder,
    env: { WORLDLINE_MESSAGES: file, WORLDLINE_HOME: join(folder, 'home'), WORLDLINE_PREWARM: '0' },
    timeout: 60_000,
  });
  try {
    await kernel.execute('%%sql select 41 + 1 as answer');
    await kernel.execute('%%sql select nothing_of_that_name');
    const completed = await kernel.request('complete_request', { code: '%tab', cursor_pos: 4 });
    await kernel.shutdown();
    const recorded = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded);
    const ids = recorded.map(({ msg_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(kernel.broadcasts.map(({ header }) => header.msg_id)));
    expect(recorded.find(({ msg_id: id }) => id === completed.reply.header.msg_id)).toMatchObject({
      msg_type: 'complete_reply',
      parent_header: completed.reply.parent,
      content: completed.reply.content,
    });
    const types = new Set(recorded.map(({ msg_type: type }) => type));
    expect([...types]).toEqual(
      expect.arrayContaining(['status', 'execute_input', 'execute_result', 'error', 'execute_reply']),
    );
  } finally {
    await kernel.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
