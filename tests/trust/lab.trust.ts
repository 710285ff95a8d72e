import { expect, test } from '@jest/globals';
import { sharedLab } from '../browser/sharedLab.js';

const MINUTES = 300_000;
const lab = sharedLab({ start: MINUTES, stop: MINUTES });

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'JupyterLab ended by %s in the middle of a run and started again: the page reconnects, what was committed comes back',
  async (signal) => {
    const sources = [
      '%%sql\ncreate table t as select 42 as answer',
      '%%python\nkept = 41',
      '%%python\nprint("go", flush=True)\nwhile True: pass',
      '%resume',
    ];
    await lab.withNotebook(`restarted-${signal}`, sources, async (notebook) => {
      for (const at of [0, 1]) await notebook.run(at);
      await notebook.save();
      await notebook.start(2);
      await notebook.cell(2).locator('.jp-OutputArea', { hasText: 'go' }).first().waitFor();
      await lab.server.restart(signal);
      await notebook.goTo(`restarted-${signal}`);
      await notebook.showSidebar();
      await notebook.start(3);
      await notebook.page.locator('[data-wl-table="t"]').first().waitFor();
      // What was not committed stays in the notebook, and a last cell that ran has an empty one below.
      await notebook.shows('main', 5);
      await notebook.type(4, '%%python\nprint(kept + 1)');
      await notebook.run(4);
      await notebook.cell(4).locator('.jp-OutputArea', { hasText: '42' }).first().waitFor();
      expect((await notebook.sources()).join('\n')).toContain('create table t');
      // That the server is gone for a while is what the page complains of.
      notebook.complaints.splice(0);
    });
  },
  MINUTES,
);
