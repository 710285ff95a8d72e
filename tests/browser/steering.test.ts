import { expect, test } from '@jest/globals';
import type { ScriptedTurn } from '../support/model-server.js';
import { labWithModel } from './sharedLab.js';

const call = (name: string, args: Record<string, unknown>): ScriptedTurn => ({
  calls: [{ name, arguments: args }],
});

const turns: readonly ScriptedTurn[] = [
  call('run_sql', { sql: 'create table wrong as select 1 as a' }),
  call('run_sql', { sql: 'create table days as select range as day from range(10)' }),
  call('run_sql', { sql: 'drop table days' }),
  { text: 'The table **days** is there.' },
];

/** Two steps of one turn, so that the second waits as soon as the first is decided. */
const both: ScriptedTurn = {
  calls: ['one', 'two'].map((name) => ({
    name: 'run_sql',
    arguments: { sql: `create table ${name} as select 1 as a` },
  })),
};

const { lab, requests } = labWithModel(({ body }, number) => {
  const sent = JSON.stringify(body);
  if (sent.includes('Anything?')) return call('run_sql', { sql: 'select 1' });
  if (sent.includes('Both?')) return sent.includes('"tool_calls"') ? { text: 'One is there.' } : both;
  return turns[number] ?? { text: 'No more to say.' };
});

const MINUTES = 240_000;

test(
  'a run that waits is steered: edit a step, approve one, skip one, say something',
  () =>
    lab.withNotebook('steer', ['%%ask --approve writes\nMake a table of days.'], async (notebook) => {
      const bar = notebook.page.locator('.wl-RunBar');
      const button = (name: string) => bar.getByRole('button', { name });
      await notebook.start(0);
      await bar.locator('.wl-Title', { hasText: 'create table wrong' }).waitFor();
      await notebook.shot('step-waits');
      await button('Edit…').click();
      await notebook.page.locator('.wl-TextBody textarea').fill('create table right_one as select 1 as a');
      await notebook.shot('step-edited');
      await notebook.page.locator('.jp-Dialog button.jp-mod-accept').click();

      await bar.locator('.wl-Title', { hasText: 'create table days' }).waitFor();
      await bar.locator('input').fill('Call it days, please.');
      await notebook.page.keyboard.press('Enter');
      await button('Approve').click();
      await bar.locator('.wl-Title', { hasText: 'drop table days' }).waitFor();
      await button('Skip').click();
      await button('Insert steps as cells').waitFor();
      await notebook.showSidebar();
      await notebook.page.locator('[data-wl-table="days"]').waitFor();
      await notebook.shot('run-is-over');
      expect(await notebook.page.locator('[data-wl-table]').allTextContents()).toHaveLength(2);
      expect(JSON.stringify(requests().at(-1)?.body)).toContain('Call it days, please.');

      await button('Insert steps as cells').click();
      await notebook.page.waitForFunction('jupyterapp.shell.currentWidget.content.widgets.length >= 4');
      const sources = (await notebook.sources()).join('\n');
      expect(sources).toContain('right_one');
      expect(sources).not.toContain('drop table');
      await notebook.shot('steps-inserted');
    }),
  MINUTES,
);

test(
  'a run is stopped, and the cell says so',
  () =>
    lab.withNotebook('stop', ['%%ask --approve all\nAnything?'], async (notebook) => {
      await notebook.start(0);
      const bar = notebook.page.locator('.wl-RunBar');
      await bar.locator('.wl-Title', { hasText: 'select 1' }).waitFor();
      await bar.getByRole('button', { name: 'Stop' }).click();
      await notebook.finished(0);
      await notebook.showSidebar();
      await notebook.page.locator('.wl-Row .wl-Status.wl-mod-interrupted').waitFor();
      await bar.waitFor({ state: 'hidden' });
      await notebook.shot('run-stopped');
    }),
  MINUTES,
);

test(
  'a page that is reloaded while a step waits can decide on it; one click decides one step, a double click as well',
  () =>
    lab.withNotebook('reload', ['%%ask --approve all\nBoth?'], async (notebook) => {
      const { page } = notebook;
      const bar = page.locator('.wl-RunBar');
      const waits = (step: string) => bar.locator('.wl-Title', { hasText: step }).waitFor();
      await notebook.start(0);
      await waits('create table one');
      await notebook.save();
      await page.reload();
      await notebook.ready();
      await waits('create table one');
      // The cell shows the steps so far, and those that follow.
      await notebook.cell(0).locator('.jp-OutputArea', { hasText: 'create table one' }).first().waitFor();
      await notebook.cell(0).locator('.jp-InputPrompt', { hasText: '[*]:' }).waitFor();
      await notebook.shot('reloaded-while-a-step-waits');
      await bar.getByRole('button', { name: 'Approve' }).dblclick();
      await waits('create table two');
      await notebook.cell(0).locator('.jp-OutputArea', { hasText: 'create table two' }).first().waitFor();
      await bar.getByRole('button', { name: 'Skip' }).click();
      await notebook.cell(0).locator('.jp-OutputArea', { hasText: 'One is there.' }).first().waitFor();
      await bar.getByRole('button', { name: 'Insert steps as cells' }).waitFor();
      await notebook.showSidebar();
      await page.locator('[data-wl-table="one"]').waitFor();
      expect(await page.locator('[data-wl-table]').count()).toBe(1);
      await notebook.shot('reloaded-run-is-over');
    }),
  MINUTES,
);

test(
  'in a narrow notebook what waits has a line of its own; where the kernel is gone, nothing can be steered',
  () =>
    lab.withNotebook('narrow-run', ['%%ask --approve all\nBoth?'], async (notebook) => {
      const { page } = notebook;
      const bar = page.locator('.wl-RunBar');
      await page.setViewportSize({ width: 800, height: 700 });
      await notebook.showSidebar();
      await notebook.start(0);
      const title = bar.locator('.wl-Title', { hasText: 'create table one' });
      await title.waitFor();
      await page.waitForFunction(
        `(() => { const bar = document.querySelector('.wl-RunBar'); return bar.scrollHeight <= bar.clientHeight && bar.clientHeight > 50; })()`,
      );
      expect((await title.boundingBox())?.width).toBeGreaterThan(300);
      await notebook.shot('step-waits-in-narrow');
      await page.evaluate('jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()');
      await bar.waitFor({ state: 'hidden' });
      await page.locator('.wl-Head.wl-mod-earlier').first().waitFor();
      expect(await bar.isVisible()).toBe(false);
    }),
  MINUTES,
);
