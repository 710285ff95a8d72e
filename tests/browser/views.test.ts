import { expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesWith } from '../support/filesWith.js';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
const KEY = 'sk-proj-0123456789abcdef';

test(
  'what a context menu does with a worldline: export, rename, delete and bring back',
  () =>
    lab.withNotebook('lines', ['%%sql\ncreate table t as select 1 as a'], async (notebook) => {
      const { page } = notebook;
      const choose = async (row: string, item: string) => {
        await page.locator('.wl-Row', { hasText: row }).click({ button: 'right' });
        await page.locator('.lm-Menu-itemLabel', { hasText: item }).click();
      };
      const answer = async (text: string) => {
        await page.locator('.jp-Dialog input').fill(text);
        await page.keyboard.press('Enter');
      };
      await notebook.run(0);
      await notebook.command('worldline:branch', { name: 'idea' });
      await notebook.shows('idea', 2);
      await notebook.type(1, '%%sql\ninsert into t values (2)');
      await notebook.run(1);
      await notebook.showSidebar();
      await notebook.rows().nth(2).waitFor();

      await page.locator('.wl-Row', { hasText: 'idea' }).click({ button: 'right' });
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Rename Worldline' }).waitFor();
      await notebook.shot('context-menu');
      await page.keyboard.press('Escape');
      await choose('idea', 'Rename Worldline');
      await answer('better');
      await page.locator('.wl-Head', { hasText: 'better' }).waitFor();

      await choose('better', 'Export Worldline');
      await answer('kept.ipynb');
      await page.locator('.jp-Dialog-header', { hasText: 'Exported' }).waitFor();
      await notebook.shot('exported');
      await page.keyboard.press('Enter');
      expect(readFileSync(join(lab.server.notebooks, 'kept.ipynb'), 'utf8')).toContain('insert into t');

      await choose('better', 'Delete Worldline');
      await page.locator('.jp-Dialog', { hasText: 'Switch to another one' }).waitFor();
      await notebook.shot('delete-refused');
      await page.keyboard.press('Enter');

      await choose('main', 'Switch to Worldline');
      await notebook.shows('main', 2);
      await choose('better', 'Delete Worldline');
      await page.locator('.jp-Dialog button.jp-mod-warn').click();
      await page.locator('.wl-Head', { hasText: 'better' }).waitFor({ state: 'detached' });
      await page.evaluate(`void jupyterapp.commands.execute('worldline:restore-deleted')`);
      await page.locator('.jp-Dialog', { hasText: 'Restore worldline' }).waitFor();
      await notebook.shot('restore-dialog');
      await page.keyboard.press('Enter');
      await page.locator('.wl-Head', { hasText: 'better' }).waitFor();
    }),
  MINUTES,
);

test(
  'tables are drawn with their likely joins; names go into the cell; a folder is allowed and taken back',
  () =>
    lab.withNotebook(
      'data',
      [
        "%%sql\ncreate table customers (id integer primary key, name text); insert into customers values (1, 'x')",
        '%%sql\ncreate table orders (id integer, customer_id integer references customers(id), city_id integer, "order total" double); create table cities as select 1 as id',
        '%%sql\nfrom ',
      ],
      async (notebook) => {
        const { page } = notebook;
        const folder = join(lab.server.notebooks, '..', 'more data');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'sales.csv'), 'a\n1\n');
        await notebook.run(0);
        await notebook.run(1);
        await notebook.showSidebar();
        await page.locator('[data-wl-table="orders"] .wl-Table-fold').click();
        await page.locator('[data-wl-table="orders"] [data-wl-name="customer_id"]').waitFor();
        await page.locator('.wl-Group-bar .wl-LinkButton', { hasText: 'Diagram' }).click();
        const diagram = page.locator('.wl-SchemaDiagram');
        await diagram
          .locator('.wl-Join.wl-mod-declared', { hasText: 'orders.customer_id → customers.id' })
          .waitFor();
        expect(await diagram.locator('.wl-Join:not(.wl-mod-declared)').allTextContents()).toEqual([
          'orders.city_id → cities.id',
        ]);
        expect(await diagram.locator('.wl-Box-key').allTextContents()).toEqual(
          expect.arrayContaining(['PK', 'FK']),
        );
        await notebook.shot('schema-diagram');
        await page.locator('.wl-Group-bar .wl-LinkButton', { hasText: 'Diagram' }).click();
        await page.waitForFunction(`document.querySelectorAll('.wl-SchemaDiagram').length === 1`);

        await page.locator('.lm-TabBar-tab', { hasText: /^data.ipynb/ }).click();
        await notebook.select(2);
        await page.keyboard.press('Enter');
        await page.keyboard.press('Control+End');
        await page.locator('[data-wl-table="customers"]').click({ button: 'right' });
        await page.locator('.lm-Menu-itemLabel', { hasText: 'Insert Name' }).click();
        await notebook.cell(2).locator('.cm-line', { hasText: 'from customers' }).waitFor();
        expect((await notebook.sources())[2]).toBe('%%sql\nfrom customers');
        await page.keyboard.insertText(' select ');
        await page.locator('[data-wl-table="orders"] .wl-Name', { hasText: 'order total' }).click();
        await notebook
          .cell(2)
          .locator('.cm-line', { hasText: 'from customers select "order total"' })
          .waitFor();
        await page.keyboard.insertText('\n-- ');
        await page
          .locator('[data-wl-table="cities"] .wl-Title')
          .dragTo(notebook.cell(2).locator('.cm-line').last());
        await notebook.cell(2).locator('.cm-line', { hasText: 'cities' }).waitFor();

        await page.locator('.wl-LinkButton', { hasText: 'Allow a folder' }).click();
        await page.locator('.jp-Dialog input').fill(join(folder, 'nothing'));
        await page.keyboard.press('Enter');
        await page.locator('.jp-Dialog', { hasText: 'The folder was not allowed' }).waitFor();
        await notebook.shot('folder-refused');
        await page.keyboard.press('Enter');
        await page.locator('.wl-LinkButton', { hasText: 'Allow a folder' }).click();
        await page.locator('.jp-Dialog input').fill(folder);
        await page.keyboard.press('Enter');
        const granted = page.locator('.wl-Table[data-wl-folder]', { hasText: 'more data' });
        await granted.locator('.wl-Table-fold').click();
        await granted.locator('.wl-Name', { hasText: 'sales.csv' }).waitFor();
        await notebook.shot('folder-allowed');
        await granted.locator('.wl-LinkButton', { hasText: 'Revoke' }).click();
        await granted.waitFor({ state: 'detached' });
      },
    ),
  MINUTES,
);

test(
  'what the sidebar was searched for, what is open in it and where it was scrolled to stay while it is hidden, and as it moves',
  () =>
    lab.withNotebook(
      'kept-views',
      [
        `%%sql\n${Array.from({ length: 30 }, (_, index) => `create table t${index} as select 1 as the_column_${index};`).join('\n')}`,
        '%%sql\nselect 1\nas deep_inside',
      ],
      async (notebook) => {
        const { page } = notebook;
        await notebook.run(0);
        await notebook.run(1);
        await notebook.showSidebar();
        await page.locator('[data-wl-table="t20"] .wl-Table-fold').click();
        const column = page.locator('[data-wl-name="the_column_20"]');
        await column.waitFor();
        await page.locator('.wl-Filter input').fill('deep_inside');
        await page.locator('.wl-Row .wl-Title', { hasText: 'as deep_inside' }).waitFor();
        await page.locator('.wl-Filter select').selectOption({ label: 'Active worldline' });
        const data = 'document.querySelector("#worldline-data")';
        const scrolled = await page.evaluate<number>(`${data}.scrollTop`);
        expect(scrolled).toBeGreaterThan(0);
        const isThere = async () => {
          await column.waitFor();
          expect(await page.locator('.wl-Filter input').inputValue()).toBe('deep_inside');
          expect(await page.locator('.wl-Filter select').inputValue()).toBe('active');
          await page.locator('.wl-Row .wl-Title', { hasText: 'as deep_inside' }).waitFor();
          expect(await notebook.rows().count()).toBe(1);
          expect(await page.evaluate(`${data}.scrollTop`)).toBe(scrolled);
        };
        await page.locator('.lm-TabBar-tab[data-id="filebrowser"]').click();
        await page.locator('.wl-Worldlines').waitFor({ state: 'hidden' });
        await notebook.showSidebar();
        await isThere();
        await notebook.theme('JupyterLab Dark');
        await isThere();
        await page.evaluate(`(() => { const { shell } = jupyterapp;
          const sidebar = [...shell.widgets('left')].find(({ id }) => id === 'worldline-sidebar');
          shell.add(sidebar, 'right'); shell.activateById('worldline-sidebar'); })()`);
        await isThere();
        await notebook.shot('sidebar-on-the-right');
      },
    ),
  MINUTES,
);

test(
  'a name goes into the active cell where that is out of sight, and brings it into sight',
  () =>
    lab.withNotebook(
      'out-of-sight',
      [
        '%%sql\ncreate table t as select 1 as a',
        ...Array.from({ length: 60 }, (_, index) => `%%sql\nselect ${index}\n\n\n\n`),
      ],
      async (notebook) => {
        const { page } = notebook;
        await notebook.run(0);
        await notebook.showSidebar();
        await notebook.select(60);
        await page.keyboard.press('Enter');
        await page.keyboard.press('Escape');
        await page.evaluate('jupyterapp.shell.currentWidget.content.scrollToItem(0, "start")');
        await page.locator('[data-wl-table="t"]').click({ button: 'right' });
        await page.locator('.lm-Menu-itemLabel', { hasText: 'Insert Name' }).click();
        await page.locator('.jp-Cell.jp-mod-active .cm-line', { hasText: /^t$/ }).waitFor();
        expect((await notebook.sources())[60]).toBe('%%sql\nselect 59\n\n\n\nt');
        await notebook.shot('inserted-out-of-sight');
      },
    ),
  MINUTES,
);

test(
  'the settings reach the kernel, and say what is wrong',
  () =>
    lab.withNotebook('settings', ['select 40 + 2 as answer'], async (notebook) => {
      const { page } = notebook;
      await notebook.command('settingeditor:open', { query: 'Worldline' });
      await page.locator('.jp-SettingsForm', { hasText: 'Sandbox: memory' }).waitFor();
      await notebook.shot('settings');
      const field = (name: string) => page.locator(`[id$="_${name}"]`);
      await field('plainCell').selectOption({ label: 'SQL' });
      await field('maxSteps').fill('7');
      await field('highlightCells').setChecked(false);
      // What is no size is told in words, and not kept.
      await field('sandboxMemory').pressSequentially('12 potatoes');
      await page.locator('.jp-SettingsForm', { hasText: '“12 potatoes” is no size' }).waitFor();
      await notebook.shot('settings-no-size');
      await field('sandboxMemory').fill('');
      // A size that the kernel refuses is told beside the form.
      const refused = page.locator('.jp-toast-message, .Toastify__toast', {
        hasText: 'sandbox-memory takes a size',
      });
      await field('sandboxMemory').pressSequentially('5');
      await page.keyboard.press('Enter');
      await refused.first().waitFor();
      await notebook.shot('settings-refused');
      await field('sandboxMemory').pressSequentially('12MB');
      await page.keyboard.press('Tab');
      await refused.first().waitFor({ state: 'detached' });
      expect(await field('sandboxMemory').inputValue()).toBe('512MB');
      // A key is not kept, not even where it is taken for a model's name.
      await field('model').fill(KEY);
      await page.keyboard.press('Tab');
      await page
        .locator('.jp-SettingsForm', { hasText: 'This looks like a key, and is not kept.' })
        .waitFor();
      expect(await page.locator('.jp-SettingsForm', { hasText: 'must match pattern' }).count()).toBe(0);
      // The last one that reaches the kernel is seen.
      await field('model').fill('small');
      await page.keyboard.press('Tab');
      await page.waitForFunction(`document.querySelector('.wl-StatusItem')?.textContent.includes('small')`);
      await notebook.shot('settings-changed');
      const config = join(lab.server.notebooks, '..', 'config');
      expect(filesWith('512MB', config)).toContain('plugin.jupyterlab-settings');
      expect(filesWith(KEY, config)).toBe('');
      await page.locator('.lm-TabBar-tab', { hasText: 'settings.ipynb' }).click();
      const highlighted = `jupyterapp.shell.currentWidget.content.model.cells.get(0).mimeType.includes('sql')`;
      await page.waitForFunction(`!${highlighted}`);
      await notebook.run(0);
      await notebook.cell(0).locator('.wl-TableGrid').waitFor();
      await notebook.type(1, '%config');
      await notebook.run(1);
      await notebook
        .cell(1)
        .locator('tr', { hasText: 'max-steps' })
        .filter({ hasText: 'front end' })
        .waitFor();
      await notebook.shot('settings-in-the-kernel');
    }),
  MINUTES,
);
