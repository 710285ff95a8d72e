import { expect, test } from '@jest/globals';
import type { CDPSession } from 'playwright-core';
import type { LabPage } from '../browser/LabPage.js';
import { sharedLab } from '../browser/sharedLab.js';

const MINUTE = 60_000;
const lab = sharedLab({ start: 5 * MINUTE, stop: 5 * MINUTE });
/** The first rounds load what is loaded once: languages, views, settings. */
const WARM = 3;
/** What was closed last, the browser may hold for a while. Of so many rounds, one is without. */
const SOME = 3;
const ROUNDS = Number(process.env['LAB_SESSION_ROUNDS'] ?? 15);

/** What Lab keeps of each round: a file in its menu of recent ones, and the bars of the tabs that were beside the notebook. */
const LABS = { listeners: 5, nodes: 120 };

/** What a page holds after its garbage is collected. */
interface Held {
  readonly listeners: number;
  readonly nodes: number;
  readonly heap: number;
}

/**
 * Lab's buttons never let go of their listener for forced colours, which holds each with its toolbar as long as the page is
 * there: FAST takes the styles that listen off a button that is no longer connected, and then does not unbind them. That is
 * some hundred listeners and thousands of nodes for a notebook, with this extension or without, and would hide what is ours.
 */
const WITHOUT_FORCED_COLOURS = `
const { addListener } = MediaQueryList.prototype;
MediaQueryList.prototype.addListener = function (listener) {
  if (!this.media.includes('forced-colors')) addListener.call(this, listener);
};
`;

test(
  'a long session in one page: notebooks that are worked in, closed and opened leave nothing, and nothing complains',
  async () => {
    await lab.withNotebook('desk', ['%%sql\nselect 1'], async (desk) => {
      await desk.page.addInitScript(WITHOUT_FORCED_COLOURS);
      await desk.goTo('desk');
      await desk.showSidebar();
      const devtools = await desk.page.context().newCDPSession(desk.page);
      await devtools.send('Performance.enable');
      const held: Held[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await workIn(desk, `work-${round}`);
        held.push(await holds(devtools));
      }
      const before = least(held.slice(WARM, WARM + SOME));
      const after = least(held.slice(-SOME));
      const rounds = ROUNDS - WARM - SOME;
      expect(after.listeners - before.listeners).toBeLessThan(LABS.listeners * rounds);
      expect(after.nodes - before.nodes).toBeLessThan(LABS.nodes * rounds);
      expect(after.heap).toBeLessThan(before.heap * 1.3);
    });
  },
  ROUNDS * 3 * MINUTE,
);

const SOURCES = [
  "%%sql\ncreate table t as select i, 'name ' || i as name from range(3000) r(i)",
  '%%sql\nfrom t',
  '%%python\nimport matplotlib.pyplot as plt\nplt.bar(["a", "b"], [1, 2])\nplt.savefig("chart.png")\nx = 41',
  '# What came of it',
];

/** A notebook from its first cell until it is closed, its kernel as well. */
async function workIn(desk: LabPage, name: string): Promise<void> {
  const { page } = desk;
  lab.server.writeNotebook(name, SOURCES);
  await desk.command('docmanager:open', { path: `${name}.ipynb` });
  await desk.ready();
  for (const index of [0, 1, 2]) await desk.run(index);
  await page.locator('.wl-Variables [data-wl-name="x"]').waitFor();

  await desk.command('worldline:branch', { name: 'idea' });
  await desk.shows('idea', 4);
  await desk.type(3, '%%sql\ninsert into t values (-1, NULL)');
  await desk.run(3);
  for (const line of ['main', 'idea', 'main']) await switchTo(desk, line);
  await desk.command('worldline:compare', { b: 'idea' });
  await page.locator('.wl-Compare .wl-LinkButton', { hasText: 'Show rows' }).click();
  await page.locator('.wl-Compare .wl-Rows td', { hasText: '-1' }).waitFor();
  await closeBeside(desk);

  await page.locator('[data-wl-table="t"] .wl-LinkButton', { hasText: 'Preview' }).click();
  const preview = page.locator('.jp-MainAreaWidget .wl-mod-fill');
  await preview.locator('input').fill('name 299');
  await preview.locator('.wl-GridBar-count', { hasText: '11 of 3,000 rows' }).waitFor();
  await closeBeside(desk);
  await page.locator('.wl-Artifact[data-wl-path="chart.png"] .wl-Artifact-open').click();
  await page.locator('.wl-ArtifactView img').waitFor();
  await closeBeside(desk);

  await desk.command('worldline:undo');
  await page.locator('.wl-Badge.wl-mod-undone').first().waitFor();
  await desk.save();
  await page.evaluate('jupyterapp.shell.currentWidget.dispose()');
  await desk.command('docmanager:open', { path: `${name}.ipynb` });
  await desk.ready();
  await page.evaluate('jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()');
  const earlier = page.locator('.wl-Row', { has: page.locator('.wl-mod-earlier', { hasText: 'idea' }) });
  await earlier.first().dblclick();
  await shows(desk, 'idea');
  // One that was let go of while the kernel restarted may still be in its list.
  expect(await comms(desk)).toBeLessThanOrEqual(2);
  await desk.save();
  await desk.command('notebook:shutdown-kernel');
  await page.waitForFunction('!jupyterapp.shell.currentWidget.sessionContext.session?.kernel');
  await page.evaluate('jupyterapp.shell.currentWidget.dispose()');
}

async function switchTo(desk: LabPage, worldline: string): Promise<void> {
  await desk.command('worldline:switch', { worldline });
  await shows(desk, worldline);
}

/** Waits until the notebook shows the cells of a worldline. */
async function shows(desk: LabPage, worldline: string): Promise<void> {
  await desk.page.waitForFunction(
    `(() => { const { content, toolbar } = jupyterapp.shell.currentWidget;
      const button = toolbar.node.querySelector('.wl-MenuButton');
      return button.textContent === ${JSON.stringify(worldline)} && content.node.dataset.wlShown === button.dataset.wlActive; })()`,
  );
}

/** Closes what was opened beside the notebook and comes back to it. */
async function closeBeside(desk: LabPage): Promise<void> {
  await desk.page.evaluate(`(() => {
    for (const widget of [...jupyterapp.shell.widgets('main')]) if (widget.id.startsWith('worldline-')) widget.dispose();
    const notebook = [...jupyterapp.shell.widgets('main')].at(-1);
    jupyterapp.shell.activateById(notebook.id);
  })()`);
  await desk.ready();
}

/** How many lines this page has open to the notebook's kernel. */
async function comms(desk: LabPage): Promise<number> {
  return desk.page.evaluate(
    `jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestCommInfo({}).then((reply) => Object.keys(reply.content.comms).length)`,
  );
}

async function holds(devtools: CDPSession): Promise<Held> {
  for (let time = 0; time < 3; time++) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((each) => each.name === name)?.value ?? NaN;
  return { listeners: value('JSEventListeners'), nodes: value('Nodes'), heap: value('JSHeapUsedSize') };
}

function least(held: readonly Held[]): Held {
  const of = (name: keyof Held) => Math.min(...held.map((each) => each[name]));
  return { listeners: of('listeners'), nodes: of('nodes'), heap: of('heap') };
}
