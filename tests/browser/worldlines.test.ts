import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
const CREATE = "%%sql\ncreate table t as select i, 'name ' || i as name from range(3000) r(i)";

test(
  'branch from a cell, switch back and forth: cells change places, nothing is lost',
  () =>
    lab.withNotebook('branch', [CREATE, '# Two ways', '%%sql\nselect count(*) from t'], async (notebook) => {
      await notebook.run(0);
      await notebook.run(2);
      await notebook.showSidebar();
      await notebook.rows().nth(2).waitFor();
      await notebook.shot('first-cells');

      await notebook.select(0);
      await notebook.page.keyboard.press('Alt+b');
      const dialog = notebook.page.locator('.jp-Dialog input');
      await dialog.fill('try two');
      await notebook.shot('branch-dialog');
      await notebook.page.keyboard.press('Enter');
      await notebook.shows('try-two', 2);
      await notebook.type(1, '%%sql\nselect max(i) from t');
      await notebook.run(1);
      await notebook.rows().nth(3).waitFor();
      await notebook.shot('branched');

      await notebook.page.locator('.wl-MenuButton button').click();
      await notebook.page.locator('.lm-Menu-itemLabel', { hasText: 'main' }).waitFor();
      await notebook.shot('worldline-menu');
      await notebook.page.locator('.lm-Menu-itemLabel', { hasText: 'main' }).click();
      await notebook.shows('main', 4);
      expect(await notebook.sources()).toEqual([CREATE, '# Two ways', '%%sql\nselect count(*) from t', '']);

      await notebook.page.locator('.wl-Row', { hasText: 'try-two' }).dblclick();
      await notebook.shows('try-two', 3);
      expect((await notebook.sources()).slice(0, 2)).toEqual([CREATE, '%%sql\nselect max(i) from t']);

      await notebook.save();
      const file = JSON.parse(readFileSync(join(lab.server.notebooks, 'branch.ipynb'), 'utf8')) as {
        metadata: { worldline: { pool: Record<string, { source: string | string[] }> } };
      };
      const hidden = Object.values(file.metadata.worldline.pool).map((cell) => [cell.source].flat().join(''));
      expect(hidden).toContain('# Two ways');
      expect(hidden).toContain('%%sql\nselect count(*) from t');

      await notebook.page.reload();
      await notebook.ready();
      await notebook.shows('try-two', 3);
      await notebook.command('worldline:switch-to-next');
      await notebook.shows('main', 4);
    }),
  MINUTES,
);

test(
  'a double click shows the cell of what is in the active worldline, and switches to what is not',
  () =>
    lab.withNotebook('double-click', [CREATE, '%%sql\nselect 1', '%%sql\nselect 2'], async (notebook) => {
      const { page } = notebook;
      const row = (title: string) => page.locator('.wl-Row', { hasText: title });
      for (const index of [0, 1, 2]) await notebook.run(index);
      await notebook.showSidebar();
      await row('select 1').click();
      await notebook.command('worldline:branch', {
        name: 'side',
        checkpoint: (await row('select 1').getAttribute('data-wl-checkpoint')) ?? '',
      });
      await notebook.shows('side', 3);
      await notebook.type(2, '%%sql\nselect 3');
      await notebook.run(2);
      await row('create table').dblclick();
      await page.waitForFunction(`jupyterapp.shell.currentWidget?.content.activeCellIndex === 0`);
      await notebook.shows('side', 4);
      await row('select 3').click({ button: 'right' });
      await page.locator('.lm-Menu-item.lm-mod-disabled', { hasText: 'Switch to Worldline' }).waitFor();
      await notebook.shot('menu-of-the-active');
      await page.keyboard.press('Escape');
      await row('select 2').dblclick();
      await notebook.shows('main', 4);
    }),
  MINUTES,
);

test(
  'undo marks what no longer holds; the graph is walked with the keyboard',
  () =>
    lab.withNotebook('undo', [CREATE, '%%sql\ndrop table t', '%%sql\nselect 1'], async (notebook) => {
      await notebook.run(0);
      await notebook.run(1);
      await notebook.showSidebar();
      await notebook.rows().nth(2).waitFor();
      await notebook.command('worldline:undo');
      await notebook.page.locator('.wl-Badge.wl-mod-undone').waitFor();
      await notebook.page.locator('[data-wl-table="t"]').waitFor();
      await notebook.shot('undone');

      await notebook.page.locator('.wl-Graph').focus();
      await notebook.page.keyboard.press('End');
      await notebook.page.keyboard.press('ArrowUp');
      await notebook.page.locator('.wl-CellView-source', { hasText: 'create table' }).waitFor();
      expect(await notebook.page.locator('.wl-Graph').getAttribute('role')).toBe('tree');
      await notebook.shot('checkpoint-details');

      await notebook.shotInEachLook('sidebar');
    }),
  MINUTES,
);

test(
  'compare two worldlines side by side, and adopt one',
  () =>
    lab.withNotebook('compare', [CREATE, "%%sql\ninsert into t values (-1, 'a')"], async (notebook) => {
      await notebook.run(0);
      await notebook.command('worldline:branch', { name: 'other' });
      await notebook.shows('other', 2);
      await notebook.type(1, "%%sql\ninsert into t values (-2, 'b'), (-3, 'c')");
      await notebook.run(1);
      await notebook.command('worldline:switch', { worldline: 'main' });
      await notebook.shows('main', 2);
      await notebook.run(1);
      await notebook.command('worldline:compare', { a: 'main', b: 'other' });
      const compare = notebook.page.locator('.wl-Compare');
      await compare.locator('.wl-Compare-head', { hasText: 'main' }).getByText('active').waitFor();
      await compare.locator('.wl-LinkButton', { hasText: 'Show rows' }).click();
      await compare.locator('.wl-Rows td', { hasText: '-3' }).waitFor();
      await notebook.page.waitForFunction(`document.activeElement.textContent === 'Hide rows'`);
      await notebook.page.keyboard.press('Enter');
      await compare.locator('.wl-Rows').first().waitFor({ state: 'detached' });
      await notebook.page.keyboard.press('Enter');
      await compare.locator('.wl-Rows td', { hasText: '-3' }).waitFor();
      await notebook.shotInEachLook('compare');
      await compare.locator('.wl-LinkButton', { hasText: 'Adopt' }).click();
      await compare.locator('.wl-Hint', { hasText: 'the same' }).waitFor();
      await notebook.page.waitForFunction(
        'jupyterapp.shell.widgets("main").next().value.content.widgets.length === 4',
      );
      await notebook.shot('adopted');
    }),
  MINUTES,
);

test(
  'after a restart the earlier worldline is one step away',
  () =>
    lab.withNotebook('resume', [CREATE, '%%sql\nselect count(*) as n from t'], async (notebook) => {
      await notebook.run(0);
      await notebook.run(1);
      await notebook.showSidebar();
      await notebook.rows().nth(2).waitFor();
      await notebook.page.evaluate('jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()');
      await notebook.page.locator('.wl-Head.wl-mod-earlier').first().waitFor();
      await notebook.shot('restarted');
      const resume = notebook.page.locator('.wl-Resume button', { hasText: 'Resume main' });
      await resume.click();
      await notebook.page.locator('[data-wl-table="t"]').waitFor();
      await resume.waitFor({ state: 'detached' });
      await notebook.shot('resumed');
      expect((await notebook.sources()).slice(0, 2)).toEqual([CREATE, '%%sql\nselect count(*) as n from t']);
    }),
  MINUTES,
);

test(
  '%resume after a restart: variables and tables are in the sidebar again, and Python goes on with them',
  () =>
    lab.withNotebook(
      'resume-cell',
      [CREATE, '%%python\nimport numpy as np\nx = 41\narray = np.arange(1000)', '%resume', '%%python\nx + 1'],
      async (notebook) => {
        const { page } = notebook;
        const variable = page.locator('.wl-Variables [data-wl-name="array"]');
        const table = page.locator('[data-wl-table="t"]');
        await notebook.showSidebar();
        await notebook.run(0);
        await notebook.run(1);
        await variable.waitFor();
        await page.evaluate('jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()');
        await page.locator('.wl-Head.wl-mod-earlier').first().waitFor();
        await variable.waitFor({ state: 'detached' });
        await table.waitFor({ state: 'detached' });
        await notebook.shot('before-resume-cell');

        await notebook.run(2);
        await table.waitFor();
        await variable.waitFor();
        expect(await variable.textContent()).toContain('1000');
        await notebook.shot('after-resume-cell');
        const next = (await notebook.sources()).findIndex((source) => source.endsWith('x + 1'));
        await notebook.run(next);
        await notebook.cell(next).locator('.jp-OutputArea-output', { hasText: '42' }).waitFor();
        await notebook.shot('resumed-python');
      },
    ),
  MINUTES,
);
