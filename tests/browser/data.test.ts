import { expect, test } from '@jest/globals';
import type { ScriptedTurn } from '../support/model-server.js';
import { DATA_CELLS, layOutData } from '../support/dataCells.js';
import { labWithModel } from './sharedLab.js';

const call = (name: string, args: Record<string, unknown>): ScriptedTurn => ({
  calls: [{ name, arguments: args }],
});

/** Lets the second turn go once the test says so, to look at a run while it goes on. */
let goOn: () => void = () => undefined;
const held = new Promise<void>((resolve) => (goOn = resolve));
const turns: readonly ScriptedTurn[] = [
  call('run_sql', {
    sql: 'create table days as select range as day from range(1461); select count(*) as days from days',
  }),
  call('run_python', { code: 'print(40 + 2)' }),
  call('finish', { answer: 'There are **1,461** days.', evidence: ['r1'] }),
];

const { lab } = labWithModel(async (_, number) => {
  if (number === 1) await held;
  return turns[number] ?? { text: 'No more to say.' };
});

const MINUTES = 240_000;

test(
  'a result opens in a grid that sorts and filters in the kernel; a table is previewed',
  () =>
    lab.withNotebook(
      'grid',
      ["%%sql\ncreate table t as select i, 'name ' || i as name from range(3000) r(i)", '%%sql\nfrom t'],
      async (notebook) => {
        await notebook.run(0);
        await notebook.run(1);
        const grid = notebook.cell(1).locator('.wl-TableGrid');
        await grid.locator('.wl-GridBar-count', { hasText: '3,000 rows' }).waitFor();
        await grid.locator('input').fill('name 299');
        await grid.locator('.wl-GridBar-count', { hasText: '11 of 3,000 rows' }).waitFor();
        await notebook.shot('grid-filtered');
        await notebook.showSidebar();
        await notebook.page.locator('[data-wl-table="t"] .wl-LinkButton').click();
        await notebook.page.locator('.jp-MainAreaWidget .wl-mod-fill .wl-GridBar-count').waitFor();
        await notebook.page.locator('[data-wl-table="t"] .wl-Title').click();
        await notebook.shot('table-preview');
      },
    ),
  MINUTES,
);

test(
  'tables out of sight are not drawn, and have their height already; one that was drawn keeps what was done to it',
  () =>
    lab.withNotebook(
      'many-tables',
      Array.from({ length: 30 }, (_, index) => `%%sql\nselect i, ${index} as n from range(20) r(i)`),
      async (notebook) => {
        const { page } = notebook;
        const table = (index: number) => notebook.cell(index).locator('.wl-TableGrid');
        const height = async (index: number) => (await table(index).boundingBox())?.height;
        const scrollTo = (index: number) =>
          page.evaluate(`jupyterapp.shell.currentWidget.content.scrollToItem(${index}, 'start')`);
        await notebook.command('notebook:run-all-cells');
        await notebook.finished(29);
        await notebook.save();
        await page.reload();
        await notebook.ready();
        await page.waitForFunction(`document.querySelectorAll('.wl-TableGrid').length === 30`);
        await scrollTo(0);
        await table(0).locator('canvas').first().waitFor();
        expect(await table(25).locator('canvas').count()).toBe(0);
        const before = await height(25);

        await scrollTo(25);
        await table(25).locator('canvas').first().waitFor();
        expect(await height(25)).toBe(before);
        expect(await table(25).locator('[data-orientation="horizontal"]').isVisible()).toBe(false);
        await table(25).locator('input').fill('19');
        await table(25).locator('.wl-GridBar-count', { hasText: '1 of 20 rows' }).waitFor();
        await notebook.shot('tables-scrolled');
        await scrollTo(0);
        await scrollTo(25);
        expect(await table(25).locator('.wl-GridBar-count').textContent()).toContain('1 of 20 rows');
        expect(await table(25).locator('input').inputValue()).toBe('19');
        expect(await table(25).locator('canvas').count()).toBeGreaterThan(0);
        await notebook.shot('tables-scrolled-back');
      },
    ),
  MINUTES,
);

test(
  'the first rows of a result are there before its grid, which is drawn when somebody turns to it',
  () =>
    lab.withNotebook(
      'first-rows',
      ["%%sql\nselect i as n, case when i % 2 = 0 then 'name ' || i end as name from range(300) r(i)"],
      async (notebook) => {
        const { page } = notebook;
        const grid = notebook.cell(0).locator('.wl-TableGrid');
        await page.evaluate('window.requestIdleCallback = () => 0');
        await notebook.run(0);
        await grid.locator('.wl-FirstRows td', { hasText: 'name 2' }).first().waitFor();
        expect(await grid.locator('canvas').count()).toBe(0);
        await notebook.shot('first-rows');
        await grid.hover();
        await grid.locator('canvas').first().waitFor();
        expect(await grid.locator('.wl-FirstRows').count()).toBe(0);
        await notebook.shot('first-rows-as-grid');
        await page.mouse.move(0, 0);
        await notebook.run(0);
        await grid.locator('.wl-FirstRows').waitFor();
        await grid.locator('.wl-Input').focus();
        await page.keyboard.insertText('name 298');
        await grid.locator('.wl-GridBar-count', { hasText: '1 of 300 rows' }).waitFor();
        expect(await grid.locator('.wl-FirstRows').count()).toBe(0);
      },
    ),
  MINUTES,
);

test(
  'the data magics work in JupyterLab',
  async () => {
    await layOutData(lab.server.notebooks);
    const sources = DATA_CELLS.map(([source]) => source);
    await lab.withNotebook('magics', sources, async (notebook) => {
      for (const [index, [, shown]] of DATA_CELLS.entries()) {
        await notebook.run(index);
        // A grid paints its values: its text is told by the cell's outputs.
        const outputs = `JSON.stringify(jupyterapp.shell.currentWidget.content.widgets[${index}].model.outputs.toJSON())`;
        await notebook.page.waitForFunction(`${outputs}.includes(${JSON.stringify(shown)})`);
        await notebook.cell(index).locator('.jp-OutputArea-output').first().waitFor();
        if (index === 4) await notebook.shot('data-magics');
      }
      expect(await notebook.page.locator('.jp-OutputArea progress').count()).toBe(0);
      await notebook.shot('data-magics-end');
    });
  },
  MINUTES,
);

test(
  'Python’s variables and files appear; a file opens',
  () =>
    lab.withNotebook(
      'files',
      [
        '%%python\nimport matplotlib.pyplot as plt\nplt.bar(["a", "b"], [1, 2])\nplt.savefig("chart.png")\nopen("notes.md", "w").write("# Notes")\nx = 42',
      ],
      async (notebook) => {
        await notebook.showSidebar();
        await notebook.run(0);
        await notebook.page.locator('.wl-Grid [data-wl-name="x"]').waitFor();
        await notebook.page.locator('.wl-Artifact[data-wl-path="chart.png"] img').waitFor();
        const files = notebook.page.locator('#worldline-data .wl-Group', {
          hasText: 'Files of the workspace',
        });
        expect(await files.locator('.wl-Name').allTextContents()).toEqual(['chart.png', 'notes.md']);
        await notebook.shot('variables-and-files');
        await files.getByRole('button', { name: 'notes.md' }).click();
        await notebook.page.waitForFunction(
          `jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source.endsWith("'notes.md'")`,
        );
        await notebook.page.locator('.wl-Artifact[data-wl-path="notes.md"] .wl-Artifact-open').click();
        await notebook.page.locator('.wl-ArtifactView h1', { hasText: 'Notes' }).waitFor();
        await notebook.page.locator('.wl-Artifact[data-wl-path="chart.png"] .wl-Artifact-open').click();
        await notebook.page.locator('.wl-ArtifactView img').waitFor();
        await notebook.shot('artifact-opened');
      },
    ),
  MINUTES,
);

test(
  'files open as what they are, each in one tab; one is downloaded, and leads to the cell that made it',
  () =>
    lab.withNotebook(
      'kinds-of-files',
      [
        `%%sql\ncopy (select range as n from range(300)) to 'out.csv'; copy (select range as n from range(20)) to 'out.parquet'`,
        `%%sql\ncopy (select '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>') to 'chart.svg' (format csv, header false, quote '')`,
        '%%sql\nselect 1',
      ],
      async (notebook) => {
        const { page } = notebook;
        const file = (path: string) => page.locator(`.wl-Artifact[data-wl-path="${path}"]`);
        const open = (path: string) => file(path).locator('.wl-Artifact-open').click();
        const rows = (count: string) => page.locator('.wl-mod-fill .wl-GridBar-count', { hasText: count });
        for (const index of [0, 1, 2]) await notebook.run(index);
        await notebook.showSidebar();
        await open('out.csv');
        await rows('300 rows').waitFor();
        await notebook.shot('csv-opened');
        await open('out.csv');
        await open('out.parquet');
        await rows('20 rows').waitFor();
        expect(await rows('300 rows').count()).toBe(1);
        await open('chart.svg');
        for (const place of ['.wl-Artifact', '.wl-ArtifactView'])
          await page.waitForFunction(`document.querySelector('${place} img')?.naturalWidth === 40`);
        await notebook.shot('svg-opened');
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          file('out.csv').getByText('Download').click(),
        ]);
        expect(download.suggestedFilename()).toBe('out.csv');
        await file('out.csv').getByText('Show the cell').click();
        await page.waitForFunction(`jupyterapp.shell.currentWidget.content.activeCellIndex === 0`);
      },
    ),
  MINUTES,
);

test(
  'a question: its steps stream, a reload in the middle of the run, then its steps as cells',
  () =>
    lab.withNotebook('ask', ['How many days are there?'], async (notebook) => {
      await notebook.start(0);
      await notebook.page.locator('.wl-RunBar', { hasText: 'Stop' }).waitFor();
      await notebook.cell(0).locator('.jp-OutputArea', { hasText: 'range(1461)' }).first().waitFor();
      await notebook.shot('run-goes-on');
      await notebook.save();
      await notebook.page.reload();
      await notebook.ready();
      await notebook.showSidebar();
      await notebook.page.locator('.wl-Running', { hasText: 'How many days are there?' }).waitFor();
      goOn();
      await notebook.page.locator('.wl-Row .wl-kind-ask').waitFor();
      await notebook
        .cell(0)
        .locator('.jp-OutputArea', { hasText: 'There are 1,461 days.' })
        .first()
        .waitFor();
      await notebook.shot('reloaded-in-the-middle');
      await notebook.select(0);
      await notebook.command('worldline:insert-steps');
      await notebook.page.waitForFunction('jupyterapp.shell.currentWidget.content.widgets.length >= 3');
      expect((await notebook.sources()).join('\n')).toContain('range(1461)');
      await notebook.shot('steps-as-cells');
    }),
  MINUTES,
);
