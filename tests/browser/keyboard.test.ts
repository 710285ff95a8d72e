import { expect, test } from '@jest/globals';
import type { ScriptedTurn } from '../support/model-server.js';
import { labWithModel } from './sharedLab.js';

const sql = (text: string): ScriptedTurn => ({ calls: [{ name: 'run_sql', arguments: { sql: text } }] });
const turns: readonly ScriptedTurn[] = [
  sql('create table first_one as select 1 as a'),
  sql('create table second_one as select 1 as a'),
  sql('drop table first_one'),
  { text: 'There are **two** tables.' },
];

const { lab } = labWithModel((_, number) => turns[number] ?? { text: 'No more to say.' });

const MINUTES = 240_000;

test(
  'keys in the graph are about the checkpoint that is selected there: branch and compare',
  () =>
    lab.withNotebook(
      'graph-keys',
      ['%%sql\ncreate table t as select 1 as a', '%%sql\ninsert into t values (2)'],
      async (notebook) => {
        const { page } = notebook;
        const graph = page.locator('.wl-Graph');
        const selected = (title: string) => page.locator('.wl-Row.wl-mod-selected', { hasText: title });
        await notebook.run(0);
        await notebook.run(1);
        await notebook.showSidebar();
        await notebook.rows().nth(2).waitFor();
        await graph.focus();
        await page.keyboard.press('End');
        await page.keyboard.press('ArrowUp');
        await selected('create table').waitFor();
        await page.keyboard.press('b');
        await page.locator('.jp-Dialog input').fill('from-the-first');
        await page.keyboard.press('Enter');
        await notebook.shows('from-the-first', 2);

        await notebook.command('worldline:branch', { name: 'third' });
        await notebook.shows('third', 2);
        await graph.focus();
        await page.keyboard.press('Home');
        await selected('insert into').waitFor();
        await page.keyboard.press('c');
        await page.locator('.wl-Compare-head', { hasText: 'main' }).waitFor();
        // Keys scroll it, and Tab goes on with what can be done there.
        await page.setViewportSize({ width: 1400, height: 300 });
        // What is to scroll has to be there, and to have the focus.
        await page.waitForFunction(
          `((it) => it.contains(document.activeElement) && it.scrollHeight > it.clientHeight + 20)(document.querySelector('.wl-Compare'))`,
        );
        const scrolls = (key: string, where: string) =>
          page.keyboard
            .press(key)
            .then(() => page.waitForFunction(`document.querySelector('.wl-Compare').scrollTop ${where}`));
        await scrolls('Space', '> 20');
        await scrolls('Home', '=== 0');
        await scrolls('PageDown', '> 20');
        await scrolls('PageUp', '=== 0');
        await scrolls('End', '> 20');
        await page.setViewportSize({ width: 1400, height: 900 });
        await page.keyboard.press('Tab');
        await page.waitForFunction(`document.activeElement.textContent === 'Switch to it'`);
        await notebook.shot('compared-by-keyboard');
      },
    ),
  MINUTES,
);

test(
  'from the notebook into the graph and its menu, and back: the focus is where one goes, and never lost',
  () =>
    lab.withNotebook('graph-focus', ['%%sql\nselect 1'], async (notebook) => {
      const { page } = notebook;
      const inGraph = () => page.waitForFunction(`document.activeElement?.matches('.wl-Graph')`);
      await notebook.run(0);
      await notebook.select(0);
      await page.keyboard.press('ControlOrMeta+Alt+w');
      await inGraph();
      await page.keyboard.press('ArrowDown');
      await page.locator('.wl-Details .wl-CellView-source').waitFor();
      await page.keyboard.press('Shift+F10');
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Rename Worldline' }).waitFor();
      await notebook.shot('graph-menu-by-keyboard');
      await page.keyboard.press('Escape');
      await inGraph();
      await page.keyboard.press('Shift+F10');
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Rename Worldline' }).waitFor();
      await page.keyboard.press('r');
      await page.keyboard.press('Enter');
      await page.locator('.jp-Dialog input').waitFor();
      await page.keyboard.press('Escape');
      await inGraph();
      await page.keyboard.press('Escape');
      await page.locator('.wl-Details').waitFor({ state: 'detached' });
      await inGraph();

      // What is about nothing says so.
      await page.evaluate(`void jupyterapp.commands.execute('worldline:undo-to')`);
      await page.locator('.jp-Dialog', { hasText: 'Select a checkpoint in the sidebar first.' }).waitFor();
      await notebook.shot('nothing-selected');
      await page.keyboard.press('Enter');
    }),
  MINUTES,
);

test(
  'a run is steered by keyboard: the focus stays in the bar from step to step, and comes back to the notebook',
  () =>
    lab.withNotebook('run-keys', ['%%ask --approve writes\nMake two tables.'], async (notebook) => {
      const { page } = notebook;
      const bar = page.locator('.wl-RunBar');
      const waits = (step: string) => bar.locator('.wl-Title', { hasText: step }).waitFor();
      const focused = (text: string) =>
        page.waitForFunction(`document.activeElement.textContent === ${JSON.stringify(text)}`);
      const press = async (name: string) => {
        await page.keyboard.press('Tab');
        for (const before of ['Approve', 'Edit…', 'Skip'].slice(
          0,
          ['Approve', 'Edit…', 'Skip'].indexOf(name),
        )) {
          await focused(before);
          await page.keyboard.press('Tab');
        }
        await focused(name);
        await page.keyboard.press('Enter');
      };
      const inBar = () => page.waitForFunction(`document.activeElement.matches('.wl-RunBar')`);
      await notebook.start(0);
      await waits('first_one');
      await bar.getByRole('button', { name: 'Approve' }).focus();
      await page.keyboard.press('Enter');
      await waits('second_one');
      await inBar();
      await press('Edit…');
      await page.waitForFunction(`document.activeElement.matches('.wl-TextBody textarea')`);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText('create table other as select 2 as b');
      await page.keyboard.press('Tab');
      await focused('Cancel');
      await page.keyboard.press('Tab');
      await focused('Run');
      await page.keyboard.press('Enter');
      await waits('drop table');
      await inBar();
      await notebook.shot('steered-by-keyboard');
      await press('Skip');
      await bar.getByRole('button', { name: 'Insert steps as cells' }).waitFor();
      await inBar();
      await page.keyboard.press('Tab');
      await focused('Insert steps as cells');
      await page.keyboard.press('Tab');
      await focused('Dismiss');
      await page.keyboard.press('Enter');
      await bar.waitFor({ state: 'hidden' });
      await page.waitForFunction(
        `jupyterapp.shell.currentWidget.content.node.contains(document.activeElement)`,
      );
      expect(await notebook.sources()).toHaveLength(2);
    }),
  MINUTES,
);
