import { expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab();

const MINUTES = 240_000;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds wrong in a part of the page, for WCAG A and AA. */
async function barriers(page: Page, part: string): Promise<string[]> {
  const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
  return page.evaluate(`axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => [id, html, any[0]?.message].join(' | '))))`);
}

test(
  'sidebar, grid, comparison and files have no barrier, in light, dark and high contrast',
  () =>
    lab.withNotebook(
      'access',
      [
        "%%sql\ncreate table t as select i, 'name ' || i as name from range(40) r(i)",
        '%%sql\nfrom t',
        '%%sql\nselect nothing from t',
        '%%python\nopen("notes.md", "w").write("# Notes")\nx = 42',
      ],
      async (notebook) => {
        const { page } = notebook;
        for (const index of [0, 1, 2, 3]) await notebook.run(index);
        await notebook.command('worldline:branch', { name: 'other' });
        await notebook.shows('other', 5);
        await notebook.showSidebar();
        await page.locator('.wl-Artifact[data-wl-path="notes.md"]').waitFor();
        await page.locator('.wl-Grid [data-wl-name="x"]').waitFor();
        await page.locator('[data-wl-table="t"] .wl-Title').click();
        await page.locator('.wl-Row').nth(2).click();
        await page.locator('.wl-Details .wl-TableGrid').waitFor();
        await notebook.command('worldline:compare', { a: 'other', b: 'main' });
        await page.locator('.wl-Compare .wl-Hint').waitFor();
        await page.addScriptTag({ path: AXE });
        for (const theme of [
          'JupyterLab Light',
          'JupyterLab Dark',
          'JupyterLab Dark High Contrast',
        ] as const) {
          await notebook.theme(theme);
          for (const part of ['.wl-Sidebar', '.jp-Notebook .wl-TableGrid', '.wl-Compare', '.wl-StatusItem'])
            expect([theme, part, await barriers(page, part)]).toEqual([theme, part, []]);
        }
        await page.locator('.wl-Artifact[data-wl-path="notes.md"] .wl-Artifact-open').click();
        await page.locator('.wl-ArtifactView h1').waitFor();
        expect(await barriers(page, '.wl-ArtifactView')).toEqual([]);
        await notebook.theme('JupyterLab Light');
      },
    ),
  MINUTES,
);

test(
  'in a narrow sidebar a row with two worldlines still tells what ran; the graph keeps the focus; nothing ticks',
  () =>
    lab.withNotebook('narrow', ['%%sql\nselect 1', '%%sql\nselect 2'], async (notebook) => {
      const { page } = notebook;
      await page.addInitScript(NOTE_TIMERS);
      await page.reload();
      await notebook.ready();
      // The loader of its modules is noted as well, which shows that timers are seen.
      expect(await page.evaluate('timersOfOurs.splice(0).length')).toBeGreaterThan(0);
      await notebook.run(0);
      await notebook.run(1);
      await notebook.command('worldline:branch', { name: 'a-rather-long-name-of-an-idea' });
      await notebook.shows('a-rather-long-name-of-an-idea', 3);
      await page.setViewportSize({ width: 1024, height: 760 });
      await notebook.showSidebar();
      await page.evaluate('jupyterapp.shell._hsplitPanel.setRelativeSizes([1, 1000, 0])');
      await page.waitForFunction(`document.querySelector('.wl-Graph')?.clientWidth < 260`);
      const both = page.locator('.wl-Row', { has: page.locator('.wl-MoreHeads', { hasText: '+1' }) });
      expect(await both.locator('.wl-MoreHeads').getAttribute('title')).toBe('main');
      expect((await both.locator('.wl-Title').boundingBox())?.width).toBeGreaterThan(40);
      await notebook.shot('narrow-sidebar');

      const tree = page.locator('.wl-Graph');
      const hasFocus = () =>
        page.evaluate(`document.querySelector('.wl-Graph').contains(document.activeElement)`);
      await tree.focus();
      await page.keyboard.press('Home');
      await page.locator('.wl-Details .wl-CellView-source').waitFor();
      expect(await hasFocus()).toBe(true);
      await tree.dispatchEvent('contextmenu', { bubbles: true, cancelable: true, button: 0 });
      await page.locator('.lm-Menu-itemLabel', { hasText: 'Rename Worldline' }).waitFor();
      await page.keyboard.press('Escape');
      await notebook.command('worldline:switch', { worldline: 'main' });
      await notebook.shows('main', 3);
      await notebook.type(2, '%%sql\nselect 3');
      await notebook.run(2);
      await page.locator('.wl-Row', { hasText: 'select 3' }).waitFor();
      await tree.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await notebook.shows('a-rather-long-name-of-an-idea', 3);
      expect(await hasFocus()).toBe(true);
      expect(await page.evaluate('timersOfOurs')).toEqual([]);
    }),
  MINUTES,
);

/** Notes every interval and timeout that this extension starts. */
const NOTE_TIMERS = `
globalThis.timersOfOurs = [];
for (const name of ['setInterval', 'setTimeout']) {
  const original = globalThis[name];
  globalThis[name] = (...args) => {
    const { stack } = new Error(name);
    if (/^.*\\n.*\\n.*@worldline/.test(stack)) timersOfOurs.push(stack);
    return original(...args);
  };
}
`;
