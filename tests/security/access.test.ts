import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import { Grants } from '../../kernel/src/cells/Grants.js';
import { saved } from '../faults/saved.js';
import { shown, withKernel } from '../integration/withKernel.js';
import { makeHeader, pack } from '../support/messages.js';

test('the store can be entered by its owner alone', () =>
  withKernel(async ({ kernel, home }) => {
    await kernel.execute('%%sql create table t as select 1 as a');
    await kernel.execute(
      '%%python\nimport numpy as np\nx = np.arange(100_000)\nopen("f.txt", "w").write("x")',
    );
    await kernel.execute('%branch other');
    await saved(kernel, 2);
    const open = (path: string, mode: number): boolean => (statSync(path).mode & mode) !== 0;
    // The sandbox's user reads the buffers of variables and its workspace; the folders above keep others out.
    expect(open(home, 0o022)).toBe(false);
    const notebooks = join(home, 'notebooks');
    const stores = readdirSync(notebooks).map((name) => join(notebooks, name));
    const privates = stores.flatMap((store) =>
      ['store.json', 'journals', 'kernels'].map((name) => join(store, name)),
    );
    expect(privates.filter((path) => open(path, 0o077))).toEqual([]);
    const journals = stores.flatMap((store) =>
      readdirSync(join(store, 'journals')).map((name) => join(store, 'journals', name)),
    );
    expect(journals.length).toBeGreaterThan(0);
    expect(journals.filter((path) => open(path, 0o077))).toEqual([]);
  }));

test('neither the home folder nor the root can be granted, and what lies beside a grant is not', async () => {
  const grants = new Grants(homedir());
  expect(grants.readable.folders).toEqual([]);
  for (const wide of [homedir(), dirname(homedir()), '/', '/etc/..'])
    await expect(grants.allow(wide, false)).rejects.toThrow('holds too much');
});

test('a link to a folder grants the folder that it leads to, and a link to the root is refused', () =>
  withKernel(async ({ kernel, folder }) => {
    const other = join(folder, '..', 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'a.csv'), 'x\n42\n');
    symlinkSync(other, join(folder, 'link'));
    symlinkSync('/', join(folder, 'wide'));
    expect((await kernel.execute('%allow wide')).status).toBe('error');
    expect((await kernel.execute('%allow link')).status).toBe('ok');
    expect(shown(await kernel.execute(`%%sql from '${other}/a.csv'`))).toContain('42');
  }));

test('the front end of another notebook’s kernel cannot speak to this one: its key does not fit', () =>
  withKernel(async ({ kernel: one }) => {
    await withKernel(async ({ kernel: other }) => {
      const stranger = new zmq.Dealer({ linger: 0 });
      stranger.connect(one.connection.address('shell'));
      const header = makeHeader('comm_open', other.session);
      const content = { comm_id: 'x', target_name: 'worldline', data: {} };
      await stranger.send(pack(other.connection.key, { header, content }));
      const real = makeHeader('kernel_info_request', 'tester');
      await stranger.send(pack(one.connection.key, { header: real, content: {} }));
      await stranger.receive();
      stranger.close();
      const { reply } = await one.request('comm_info_request', {});
      expect(reply.content['comms']).toEqual({});
      const comm = await other.openComm('worldline');
      await comm.wait((data) => data['type'] === 'hello');
      await one.request('comm_msg', { comm_id: comm.id, data: { type: 'request', id: 1, request: 'graph' } });
      expect(comm.received.filter(({ content }) => JSON.stringify(content).includes('"reply"'))).toEqual([]);
    });
  }));
