import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sharedLab } from '../browser/sharedLab.js';
import { runPython } from '../support/python.js';

const MINUTES = 300_000;
const lab = sharedLab({ start: MINUTES, stop: MINUTES });

test(
  'JupyterLab, a console and another client use one kernel at once, and see each other’s work',
  async () => {
    const sources = [
      '%%sql\ncreate table t as select 41 as a',
      '%%python\nprint(sql("select a + b as s from t, u")["s"][0])',
    ];
    await lab.withNotebook('shared', sources, async (notebook) => {
      await notebook.run(0);
      const { runtime } = lab.server;
      const name = readdirSync(runtime).find((file) => /^kernel-.*\.json$/.test(file)) ?? '';
      const { code, output } = await runPython(['-c', OTHERS, join(runtime, name)], {
        JUPYTER_RUNTIME_DIR: runtime,
      });
      expect(code === 0 ? 'done' : output).toBe('done');
      await notebook.run(1);
      await notebook.cell(1).locator('.jp-OutputArea', { hasText: '42' }).first().waitFor();
      expect(await notebook.cell(0).locator('.jp-OutputArea', { hasText: 'console' }).count()).toBe(0);
    });
  },
  MINUTES,
);

/** A console on a terminal and a client of jupyter_client, both on the kernel of a connection file. */
const OTHERS = `
import sys, threading, pexpect
from jupyter_client import BlockingKernelClient
file = sys.argv[1]
client = BlockingKernelClient(connection_file=file)
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=60)
child = pexpect.spawn(sys.executable, ['-m', 'jupyter', 'console', '--existing', file, '--simple-prompt'],
                      encoding='utf-8', timeout=90, dimensions=(50, 160))
child.logfile_read = sys.stdout
child.expect(r'In \\[\\d+\\]:')
def busy():
    for n in range(20):
        reply = client.execute_interactive(f'%%sql select {n} as n', timeout=60, output_hook=lambda _: None)
        assert reply['content']['status'] == 'ok', reply
worker = threading.Thread(target=busy)
worker.start()
child.sendline('%%sql create table u as select 1 as b;')
child.expect(r'In \\[\\d+\\]:')
child.sendline("%%sql select a, 'console' as who from t;")
child.expect('1 row')
worker.join()
client.stop_channels()
child.sendeof()
child.expect([pexpect.EOF, r'\\?'])
if child.isalive():
    child.sendline('y')
    child.expect(pexpect.EOF)
`;
