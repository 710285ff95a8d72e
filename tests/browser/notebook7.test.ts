import { test } from '@jest/globals';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

test(
  'in Notebook 7 as well: sidebar, branch, switch, and what opens beside the notebook opens below it',
  () =>
    lab.withNotebook(
      'classic',
      ["%%sql\ncreate table t as select i, 'name ' || i as name from range(3000) r(i)", '%%sql\nfrom t'],
      async (notebook) => {
        const { page } = notebook;
        await notebook.run(0);
        await notebook.command('worldline:branch', { name: 'side' });
        await notebook.shows('side', 2);
        await notebook.type(1, '%%sql\nfrom t');
        await notebook.run(1);
        await notebook.cell(1).locator('.wl-GridBar-count', { hasText: '3,000 rows' }).waitFor();
        await page.locator('.wl-MenuButton button').click();
        await page.locator('.lm-Menu-itemLabel', { hasText: 'Show Worldlines' }).click();
        await page.locator('.wl-Row .wl-Head', { hasText: 'side' }).waitFor();
        await notebook.shot('notebook7');
        await page.locator('[data-wl-table="t"] .wl-LinkButton').click();
        await page.locator('#jp-down-stack .wl-mod-fill .wl-GridBar-count').waitFor();
        await notebook.command('worldline:compare', { b: 'main' });
        await page.locator('#jp-down-stack .wl-Compare-head').first().waitFor();
        await notebook.shot('notebook7-compare');
        await page.locator('.wl-Head', { hasText: 'main' }).dblclick();
        await notebook.shows('main', 2);
      },
      'notebook',
    ),
  240_000,
);
