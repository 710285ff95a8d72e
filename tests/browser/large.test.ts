import { expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kernel } from '../worldlines/withSession.js';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
const CHECKPOINTS = 10_000;
const ROUNDS = 20;
const LINES = 30;
/** What Lab keeps of a notebook it keeps for each file. */
const COPIES = 4;

/** An earlier session of a notebook, of so many cells. */
async function history(name: string, cells: number): Promise<void> {
  const { session } = await Kernel.start(lab.server.store, {
    path: join(lab.server.notebooks, `${name}.ipynb`),
    client: 'notebook',
  });
  for (let at = 0; at < cells; at++) {
    await session.commit({
      ...{
        kind: 'sql',
        source: `%%sql\nselect ${at}\n-- number ${at} of all`,
        status: 'ok',
        started: at,
        ended: at,
      },
      ...{ executionCount: at, cellId: `cell-${at}`, outputs: [], turns: [] },
      untouched: ['database', 'workspace', 'variables'],
    });
  }
  await session.close();
}

test(
  '10,000 checkpoints: only those in sight are drawn, and the keyboard reaches every one',
  async () => {
    await history('large', CHECKPOINTS);
    await lab.withNotebook('large', ['%%sql\nselect 1'], async (notebook) => {
      const { page } = notebook;
      await notebook.showSidebar();
      await page.locator('.wl-Row', { hasText: `select ${CHECKPOINTS - 1}` }).waitFor();
      const tree = page.locator('.wl-Graph');
      const drawn = () => notebook.rows().count();
      expect(await drawn()).toBeLessThan(80);
      await notebook.shot('graph-of-10000');

      await tree.focus();
      await page.keyboard.press('End');
      await page.locator('.wl-Row.wl-mod-selected', { hasText: 'Start' }).waitFor();
      expect(await drawn()).toBeLessThan(80);
      const selected = page.getByRole('treeitem', { selected: true });
      const [last] = [await selected.getAttribute('aria-posinset')];
      expect(await selected.getAttribute('aria-setsize')).toBe(last);
      expect(await tree.getAttribute('aria-activedescendant')).toBe(await selected.getAttribute('id'));
      await page.keyboard.press('ArrowLeft');
      await page.locator('.wl-Row.wl-mod-selected', { hasText: 'select 0' }).waitFor();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('Home');
      await page.locator('[role="treeitem"][aria-selected="true"][aria-posinset="1"]').waitFor();

      await page.locator('.wl-Filter input').fill('select 7777');
      await page.locator('.wl-Row', { hasText: 'select 7777' }).waitFor();
      expect(await drawn()).toBe(1);
      await page.locator('.wl-Filter input').fill('Number 42 of');
      await page.locator('.wl-Row .wl-Title', { hasText: '-- number 42 of all' }).waitFor();
      expect(await drawn()).toBe(1);
      await notebook.shot('found-in-a-source');
      await page.locator('.wl-Filter input').fill('');
      await notebook.run(0);
      await page.locator('.wl-Row', { hasText: 'select 1' }).first().waitFor();
    });
  },
  MINUTES,
);

test(
  'many worldlines: the menu of the toolbar stays short, and a row that names all of them can be closed again',
  () =>
    lab.withNotebook('many-lines', ['%%sql\nselect 1'], async (notebook) => {
      const { page } = notebook;
      await notebook.run(0);
      for (let line = 0; line < LINES; line++)
        await notebook.command('worldline:branch', { name: `idea-${line}` });
      await notebook.shows(`idea-${LINES - 1}`, 2);
      await notebook.showSidebar();
      const more = page.locator('.wl-MoreHeads', { hasText: `+${LINES}` });
      await more.click();
      const less = page.locator('.wl-MoreHeads', { hasText: '−' });
      const [button, sidebar] = [await less.boundingBox(), await page.locator('.wl-Graph').boundingBox()];
      expect(right(button)).toBeLessThanOrEqual(right(sidebar));
      await notebook.shot('row-of-many-names');
      await less.click();
      await more.waitFor();

      await page.locator('.wl-MenuButton button').click();
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Export Worldline' }).waitFor();
      expect((await page.locator('.lm-Menu').boundingBox())?.height).toBeLessThan(700);
      await page.locator('.lm-Menu-itemLabel', { hasText: 'More Worldlines' }).hover();
      await page.locator('.lm-Menu-itemLabel', { hasText: 'idea-0' }).waitFor();
      await notebook.shot('menu-of-many');
      await page.locator('.lm-Menu-itemLabel', { hasText: 'main' }).click();
      await notebook.shows('main', 2);
    }),
  MINUTES,
);

const right = (box: { x: number; width: number } | null): number => (box ? box.x + box.width : NaN);

test(
  'a notebook that is opened and closed again and again leaves nothing behind',
  () =>
    lab.withNotebook(
      'rounds',
      ["%%sql\ncreate table t as select i, 'name ' || i as name from range(300) r(i)", '%%sql\nfrom t'],
      async (notebook) => {
        const { page } = notebook;
        await notebook.run(0);
        await notebook.run(1);
        await notebook.showSidebar();
        await page.locator('.wl-Row').first().waitFor();
        await notebook.save();
        for (let copy = 0; copy < COPIES; copy++)
          copyFileSync(
            join(lab.server.notebooks, 'rounds.ipynb'),
            join(lab.server.notebooks, `rounds-${copy}.ipynb`),
          );
        const devtools = await page.context().newCDPSession(page);
        await page.evaluate(ROUND);
        for (let round = 0; round < ROUNDS; round++) await page.evaluate(`round(${round % COPIES})`);
        // Of the round that was last, the browser itself may still hold what it saw. What waits for an answer of the server
        // holds some until it comes.
        let held = Infinity;
        while (held > 4) {
          await devtools.send('HeapProfiler.collectGarbage');
          held = await page.evaluate('left.filter((each) => each.deref()).length');
        }
      },
    ),
  MINUTES,
);

/** Closes and opens the notebook in the page, and keeps a weak hold of what should go with it. */
const ROUND = `
globalThis.left = [];
globalThis.round = async (copy) => {
  const panel = jupyterapp.shell.currentWidget;
  for (const selector of ['.wl-MenuButton', '.wl-RunBar', '.wl-TableGrid']) {
    const node = panel.node.querySelector(selector);
    if (!node) throw new Error('There is no ' + selector);
    left.push(new WeakRef(node));
  }
  left.push(new WeakRef(panel));
  panel.dispose();
  const next = await jupyterapp.commands.execute('docmanager:open', { path: 'rounds-' + copy + '.ipynb' });
  const ready = () => {
    const label = next.node.querySelector('.wl-MenuButton .jp-ToolbarButtonComponent-label')?.textContent;
    return label && label !== '…' && next.node.querySelector('.wl-TableGrid input');
  };
  while (!ready()) await new Promise((resolve) => requestAnimationFrame(resolve));
};
`;
