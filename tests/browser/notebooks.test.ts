import { expect, test } from '@jest/globals';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelClient } from '../support/KernelClient.js';
import { runPython } from '../support/python.js';
import { LabPage } from './LabPage.js';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
const CREATE = '%%sql\ncreate table t as select 1 as a';

test(
  'two notebooks on two kernels: the sidebar follows the one in front, and neither knows of the other',
  () =>
    lab.withNotebook('first', [CREATE], async (notebook) => {
      const { page } = notebook;
      lab.server.writeNotebook('second', ['%%sql\ncreate table u as select 2 as b']);
      await notebook.run(0);
      await notebook.command('worldline:branch', { name: 'one-two' });
      await notebook.showSidebar();
      await notebook.command('docmanager:open', { path: 'second.ipynb' });
      await notebook.ready();
      await notebook.run(0);
      await page.locator('[data-wl-table="u"]').waitFor();
      expect(await page.locator('[data-wl-table="t"]').count()).toBe(0);
      await page.locator('.wl-Head', { hasText: 'one-two' }).waitFor({ state: 'detached' });
      await page.locator('.wl-Head', { hasText: 'main' }).waitFor();
      expect(await page.locator('.wl-Head').count()).toBe(1);
      await page.locator('.lm-TabBar-tab', { hasText: 'first.ipynb' }).click();
      await page.locator('[data-wl-table="t"]').waitFor();
      await notebook.showHeads();
      expect((await page.locator('.wl-Head').allTextContents()).sort()).toEqual(['main', 'one-two']);
      await notebook.shot('two-notebooks');
      // By its path a command reaches the notebook that is not in front.
      await notebook.command('worldline:branch', { notebook: 'second.ipynb', name: 'behind' });
      await page.locator('.lm-TabBar-tab', { hasText: 'second.ipynb' }).click();
      await notebook.shows('behind', 2);
    }),
  MINUTES,
);

test(
  'one notebook in two views and in two pages: all show the active worldline, and each cell once',
  () =>
    lab.withNotebook('twice', [CREATE, '%%sql\nselect a from t'], async (notebook) => {
      await notebook.run(0);
      await notebook.run(1);
      await notebook.save();
      const other = await LabPage.open(lab.browser, lab.server, 'twice');
      await notebook.command('docmanager:clone');
      await notebook.page.locator('.jp-NotebookPanel').nth(1).waitFor();
      await notebook.command('worldline:branch', {
        name: 'side',
        checkpoint: await notebook.page.evaluate(
          `jupyterapp.shell.currentWidget.content.model.cells.get(0).getMetadata('worldline').checkpoint`,
        ),
      });
      for (const each of [notebook, other]) await each.shows('side', 2);
      await notebook.type(1, '%%sql\nselect a + 1 from t');
      await notebook.run(1);
      // Each view can ask the kernel, also the one that was drawn before its kernel was known.
      await notebook.page.waitForFunction(
        `document.querySelectorAll('.jp-Cell .wl-GridBar input').length === 2`,
      );
      await notebook.shot('two-views');
      await other.command('worldline:switch', { worldline: 'main' });
      for (const each of [notebook, other]) {
        await each.shows('main', 3);
        expect(await each.sources()).toEqual([CREATE, '%%sql\nselect a from t', '']);
      }
      await notebook.command('worldline:switch', { worldline: 'side' });
      for (const each of [notebook, other]) {
        await each.shows('side', 3);
        expect((await each.sources()).slice(0, 2)).toEqual([CREATE, '%%sql\nselect a + 1 from t']);
      }
      expect(other.complaints).toEqual([]);
      await other.close();
    }),
  MINUTES,
);

/** Prints a line, and one more for each of these files that comes into a folder. */
const prints = (folder: string) => `%%python
import os, time
print('begun')
for name in ['go-on', 'end']:
    while not os.path.exists('${folder}/' + name):
        time.sleep(0.05)
    print(name)
'the last'`;

test(
  'a page that is loaded anew in the middle of a cell shows what it had printed, and what it goes on to print; so does another page',
  () =>
    lab.withNotebook('live', [prints(lab.server.notebooks), CREATE], async (notebook) => {
      const { page } = notebook;
      const printed = (on: LabPage, text: string) =>
        on.page.waitForFunction(
          `jupyterapp.shell.currentWidget.content.model.sharedModel.cells[0].getOutputs()[0]?.text === ${JSON.stringify(text)}`,
        );
      const prompt = (on: LabPage, text: string) =>
        on.cell(0).locator('.jp-InputPrompt', { hasText: text }).waitFor();
      await notebook.start(0);
      await printed(notebook, 'begun\n');
      await notebook.save();
      await page.reload();
      await notebook.ready();
      await printed(notebook, 'begun\n');
      await prompt(notebook, '[*]:');
      await notebook.shot('reloaded-in-a-cell');
      const other = await LabPage.open(lab.browser, lab.server, 'live');
      await prompt(other, '[*]:');
      writeFileSync(join(lab.server.notebooks, 'go-on'), '');
      for (const each of [notebook, other]) await printed(each, 'begun\ngo-on\n');
      writeFileSync(join(lab.server.notebooks, 'end'), '');
      for (const each of [notebook, other]) {
        await prompt(each, '[1]:');
        await printed(each, 'begun\ngo-on\nend\n');
        await each.cell(0).locator('.jp-OutputArea-output', { hasText: 'the last' }).waitFor();
        expect(await each.cell(0).locator('.jp-OutputArea-output').count()).toBe(2);
      }
      await notebook.shot('reloaded-cell-is-over');
      // What one page runs from its beginning another one follows as well.
      await notebook.run(1);
      await other.cell(1).locator('.jp-OutputArea-output').first().waitFor();
      await other.finished(1);
      expect(other.complaints).toEqual([]);
      await other.close();
    }),
  MINUTES,
);

test(
  'a notebook that was moved finds its worldlines, and what another program added to it stays',
  () =>
    lab.withNotebook('here', [CREATE, '# A note'], async (notebook) => {
      const { page } = notebook;
      await notebook.run(0);
      await notebook.command('worldline:branch', { name: 'side' });
      await notebook.shows('side', 2);
      await notebook.type(1, '%%sql\nselect 42');
      await notebook.save();
      await notebook.endKernel();

      const moved = join(lab.server.notebooks, 'there.ipynb');
      renameSync(join(lab.server.notebooks, 'here.ipynb'), moved);
      const script = join(lab.server.notebooks, 'add.py');
      writeFileSync(script, ADD_A_CELL);
      expect(await runPython([script, moved], {})).toMatchObject({ code: 0 });

      await notebook.goTo('there');
      await notebook.showSidebar();
      await page.locator('.wl-Head.wl-mod-earlier').first().waitFor();
      await notebook.showHeads();
      expect((await notebook.sources()).slice(-2)).toEqual(['%%sql\nselect 42', 'added elsewhere']);
      await notebook.shot('moved');
      await page.locator('.wl-Head.wl-mod-earlier', { hasText: 'main' }).dblclick();
      await page.locator('[data-wl-table="t"]').waitFor();
      await page.waitForFunction(
        `jupyterapp.shell.currentWidget.content.model.sharedModel.cells.some((cell) => cell.getSource() === '# A note')`,
      );
      await notebook.shot('moved-and-resumed');
      await notebook.save();
      const saved = readFileSync(moved, 'utf8');
      for (const text of ['# A note', 'select 42', 'added elsewhere']) expect(saved).toContain(text);
    }),
  MINUTES,
);

test(
  'a notebook that went on where this extension is not there has its drafts still, once it is resumed here',
  () =>
    lab.withNotebook('elsewhere', [CREATE], async (notebook) => {
      const { page } = notebook;
      await notebook.run(0);
      await notebook.type(1, 'a draft that never ran');
      await notebook.command('worldline:branch', { name: 'side' });
      await notebook.shows('side', 2);
      await notebook.command('worldline:switch', { worldline: 'main' });
      await notebook.shows('main', 2);
      await notebook.save();
      await notebook.endKernel();
      await withoutExtension('elsewhere', ['%resume', '%%sql\ninsert into t values (2)']);

      await notebook.goTo('elsewhere');
      await notebook.showSidebar();
      const earlier = (name: string) => page.locator('.wl-Head.wl-mod-earlier', { hasText: name });
      await notebook.showHeads();
      await earlier('side').dblclick();
      await notebook.shows('side', 2);
      await earlier('main').dblclick();
      await notebook.shows('main', 3);
      expect((await notebook.sources()).sort()).toEqual([
        '%%sql\ncreate table t as select 1 as a',
        '%%sql\ninsert into t values (2)',
        'a draft that never ran',
      ]);
      await notebook.shot('resumed-after-elsewhere');
    }),
  MINUTES,
);

/** Runs cells of a notebook as a front end does that knows nothing of worldlines. */
async function withoutExtension(name: string, cells: readonly string[]): Promise<void> {
  const { notebooks, store } = lab.server;
  const kernel = await KernelClient.start({
    argv: ['kernel/dist/main.js', '{connection_file}'],
    env: { WORLDLINE_HOME: store, JPY_SESSION_NAME: join(notebooks, `${name}.ipynb`) },
    timeout: MINUTES,
  });
  try {
    for (const cell of cells) expect(await kernel.execute(cell)).toMatchObject({ status: 'ok' });
  } finally {
    await kernel.close();
  }
}

const ADD_A_CELL = `
import sys, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
notebook.cells.append(nbformat.v4.new_markdown_cell("added elsewhere"))
nbformat.write(notebook, sys.argv[1])
`;
