import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const CONTENT = 'jupyterapp.shell.currentWidget.content';
const SHOWN = `${CONTENT}.node.dataset.wlShown`;

const fill = (prefix: string): string => `(() => {
  const { sharedModel } = ${CONTENT}.model;
  const cells = ${JSON.stringify(sourcesOf(prefix))}.map((source) => ({ cell_type: 'code', source }));
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
