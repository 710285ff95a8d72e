import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLE_MIME, type TablePage } from '../../kernel/src/contract.js';
import type { LabPage } from './LabPage.js';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
/** More than come at once. */
const MANY = 120;

/** A notebook with two worldlines of many cells that were never run, of which the second one is shown. */
async function withTwo(name: string, body: (notebook: LabPage, ids: Lines) => Promise<void>): Promise<void> {
  await lab.withNotebook(name, ['%%sql\nselect 1'], async (notebook) => {
    await notebook.run(0);
    await notebook.shows('main', 2);
    await notebook.page.evaluate(fill('main'));
    const main = await notebook.page.evaluate<string>(SHOWN);
    await notebook.command('worldline:branch', { name: 'other' });
    await notebook.shows('other', 2);
    await notebook.page.evaluate(fill('other'));
    await body(notebook, { main, other: await notebook.page.evaluate<string>(SHOWN) });
  });
}

interface Lines {
  readonly main: string;
  readonly other: string;
}

const TABLE: TablePage = {
  ...{ result: 'none', offset: 0, total: 1, rows: [['tea']] },
  columns: [{ name: 'item', type: 'VARCHAR', kind: 'text' }],
};

const CONTENT = 'jupyterapp.shell.currentWidget.content';
const SHOWN = `${CONTENT}.node.dataset.wlShown`;

const fill = (prefix: string): string => `(() => {
  const { sharedModel } = ${CONTENT}.model;
  const outputs = [{ output_type: 'display_data', metadata: {}, data: ${JSON.stringify({ [TABLE_MIME]: TABLE })} }];
  const cells = ${JSON.stringify(sourcesOf(prefix))}.map((source) => ({ cell_type: 'code', source, outputs }));
  sharedModel.transact(() => sharedModel.insertCells(sharedModel.cells.length, cells), false);
})()`;

const SAVE = 'await jupyterapp.shell.currentWidget.context.save()';
const UNDO = `${CONTENT}.model.sharedModel.undo()`;
const KEY = `${CONTENT}.node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift', bubbles: true }))`;

/** Does something once the first cells of a worldline have come, before the others; tells how many leave at that moment. */
const midway = (worldline: string, what: string): string => `(async () => {
  const leaving = () => ${CONTENT}.node.querySelectorAll('.wl-mod-leaving').length;
  void jupyterapp.commands.execute('worldline:switch', { worldline: '${worldline}' });
  while (leaving() === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
  const found = leaving();
  ${what};
  return found;
})()`;

const sourcesOf = (prefix: string): string[] =>
  Array.from({ length: MANY }, (_, index) => `%%sql\nselect '${prefix}', ${index}`);

test(
  'saved while its cells change places, a notebook has the cells of the one worldline, and keeps those of the other',
  () =>
    withTwo('midway-save', async (notebook, { main }) => {
      expect(await notebook.page.evaluate(midway('main', SAVE))).toBeGreaterThan(0);
      const saved = JSON.parse(
        readFileSync(join(lab.server.notebooks, 'midway-save.ipynb'), 'utf8'),
      ) as Saved;
      const text = (cell: SavedCell) => [cell.source].flat().join('');
      expect(saved.cells.map(text).slice(2)).toEqual(sourcesOf('main'));
      expect(saved.metadata.worldline.shown).toBe(main);
      expect(Object.values(saved.metadata.worldline.pool).map(text)).toEqual(
        expect.arrayContaining(sourcesOf('other')),
      );
      await notebook.shows('main', MANY + 2);
    }),
  MINUTES,
);

interface SavedCell {
  readonly source: string | string[];
}
interface Saved {
  readonly cells: readonly SavedCell[];
  readonly metadata: {
    readonly worldline: { readonly shown: string; readonly pool: Record<string, SavedCell> };
  };
}

test(
  'where fewer cells come than are scrolled past, they are in sight',
  () =>
    withTwo('fewer', async (notebook, { main }) => {
      const { page } = notebook;
      await page.evaluate(`${CONTENT}.outerNode.scrollTop = 1e6`);
      await notebook.command('worldline:branch', { name: 'short' });
      await notebook.shows('short', 2);
      await page.waitForFunction(`${CONTENT}.node.querySelectorAll('.jp-Cell').length === 2`);
      await page.waitForFunction(`(() => { const { outerNode, widgets } = ${CONTENT};
        return widgets[0].node.getBoundingClientRect().top >= outerNode.getBoundingClientRect().top; })()`);
      await notebook.shot('fewer-cells');
      await notebook.command('worldline:switch', { worldline: main });
      await notebook.shows('main', MANY + 2);
    }),
  MINUTES,
);

test(
  'a key finds all cells in place; undoing in the notebook brings no cell of another worldline; back and forth each once',
  () =>
    withTwo('midway-key', async (notebook, { main }) => {
      const { page } = notebook;
      expect(await page.evaluate(midway('main', KEY))).toBeGreaterThan(0);
      expect(await page.evaluate<string>(SHOWN)).toBe(main);
      expect((await notebook.sources()).slice(2)).toEqual(sourcesOf('main'));
      await page.evaluate(midway('other', UNDO));
      await page.waitForFunction(`${SHOWN} !== ${JSON.stringify(main)}`);
      expect((await notebook.sources()).slice(2)).toEqual(sourcesOf('other'));
      await notebook.command('worldline:switch', { worldline: 'main' });
      await notebook.command('worldline:switch', { worldline: 'other' });
      await notebook.command('worldline:switch', { worldline: 'main' });
      await page.waitForFunction(`${SHOWN} === ${JSON.stringify(main)}`);
      expect((await notebook.sources()).slice(2)).toEqual(sourcesOf('main'));
      expect(await page.locator('.wl-mod-leaving').count()).toBe(0);
    }),
  MINUTES,
);

/** Tells how many cells with a table come of a worldline, and how many tables, in the first frame in which there are any. */
const firstFrame = (worldline: string): string => `(async () => {
  const before = new Set(${CONTENT}.widgets);
  void jupyterapp.commands.execute('worldline:switch', { worldline: '${worldline}' });
  const come = () => ${CONTENT}.widgets.filter((cell) => !before.has(cell) && cell.isAttached && cell.model.outputs.length > 0);
  do await new Promise((resolve) => requestAnimationFrame(resolve)); while (come().length === 0);
  return { cells: come().length, tables: come().filter((cell) => cell.node.querySelector('.wl-FirstRows')).length };
})()`;

test(
  'the first frame that has cells of the worldline that comes has the rows of their tables',
  () =>
    withTwo('first-frame', async (notebook, { main }) => {
      const { cells, tables } = await notebook.page.evaluate<{ cells: number; tables: number }>(
        firstFrame('main'),
      );
      expect(cells).toBeGreaterThan(1);
      expect(tables).toBe(cells);
      await notebook.page.waitForFunction(`${SHOWN} === ${JSON.stringify(main)}`);
    }),
  MINUTES,
);

test(
  'a cell that comes has its language before it has an editor, which would be given Lab’s first and lay out its text twice',
  () =>
    lab.withNotebook('language-first', ['%%sql\nselect 1'], async ({ page }) => {
      const mime = await page.evaluate(`(() => {
        ${CONTENT}.model.sharedModel.insertCell(0, { cell_type: 'code', source: '%%sql\\nselect 2' });
        const [cell] = ${CONTENT}.widgets;
        return [cell.isPlaceholder(), cell.model.mimeType];
      })()`);
      expect(mime).toEqual([true, 'text/x-worldline-sql']);
    }),
  MINUTES,
);

test(
  'the line of a magic has its own colours in the editor, and what is below it those of its language',
  () =>
    lab.withNotebook(
      'magic-colours',
      [
        '%%sql top << --limit 3\nselect 1 -- one',
        '%%python --timeout 9\nx = 1',
        '%%ask --no-rows\nWhy **so**?',
      ],
      async (notebook) => {
        const coloured = (cell: number, line: number) =>
          notebook.cell(cell).locator('.cm-line').nth(line).locator('span').allTextContents();
        await notebook.cell(0).locator('.cm-line span', { hasText: 'select' }).waitFor();
        await notebook.cell(1).locator('.cm-line span', { hasText: '=' }).waitFor();
        await notebook.cell(2).locator('.cm-line span', { hasText: 'so' }).waitFor();
        expect(await coloured(0, 0)).toEqual(['%%sql', 'top', '<<', '--limit', '3']);
        expect(await coloured(0, 1)).toEqual(['select', '1', '-- one']);
        expect(await coloured(1, 0)).toEqual(['%%python', '--timeout', '9']);
        expect(await coloured(2, 0)).toEqual(['%%ask', '--no-rows']);
        await notebook.shotInEachLook('magic-colours');
      },
    ),
  MINUTES,
);

/** Puts a cell in and waits for its editor; tells how often styles of editors were written meanwhile. */
const INSERT = `(async () => {
  let writes = 0;
  const look = (records) => {
    for (const { target } of records) if (target.nodeName === 'STYLE' && target.textContent.includes('.cm-line')) writes++;
  };
  const observer = new MutationObserver(look);
  observer.observe(document.head, { childList: true, subtree: true });
  const { sharedModel } = ${CONTENT}.model;
  const at = sharedModel.cells.length;
  sharedModel.insertCell(at, { cell_type: 'code', source: '%%sql\\nselect 2' });
  const cell = ${CONTENT}.widgets[at];
  await cell.ready;
  look(observer.takeRecords());
  observer.disconnect();
  return cell.editor === null ? null : writes;
})()`;

test(
  'an editor that comes has the styles of all editors left as they are: the browser would style the whole page anew',
  () =>
    lab.withNotebook('styles', ['%%sql\nselect 1'], async ({ page }) => {
      expect(await page.evaluate(INSERT)).toBe(0);
    }),
  MINUTES,
);
