#!/usr/bin/env node
/* global MessageChannel, bench, document, requestAnimationFrame, requestIdleCallback */
/**
 * Times switching between two worldlines of many cells with outputs in a real JupyterLab, from the command to the
 * painted notebook and until every cell is in place, beside what Lab takes to open the same notebook.
 *
 *     node tests/bench/lab.mjs [--quick] [--cells 200] [--switches 10] [--mode full|defer|none|contentVisibility] [--profile FILE]
 *         [--plain]
 *
 * The cells' outputs are result tables from the kernel; with --plain they are HTML that never ran.
 * Needs a built kernel and extension, JupyterLab in `.venv` and Chromium.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { report, sample } from './measure.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    cells: { type: 'string' },
    switches: { type: 'string' },
    mode: { type: 'string' },
    profile: { type: 'string' },
    plain: { type: 'boolean', default: false },
  },
});
const CELLS = Number(options.cells ?? (options.quick ? 20 : 200));
const SWITCHES = Number(options.switches ?? (options.quick ? 4 : 10));
const NOTEBOOK = 'bench';

const folder = await mkdtemp(path.join(ROOT, 'node_modules/.lab-bench-'));
try {
  const { LabServer, LabPage, openBrowser } = await load();
  const server = await LabServer.start();
  try {
    const browser = await openBrowser();
    try {
      await measure(server, await openNotebook(LabPage, browser, server));
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function load() {
  const outfile = path.join(folder, 'lab.mjs');
  await build({
    stdin: {
      contents: `export * from './LabServer.js'; export * from './LabPage.js';`,
      resolveDir: path.join(ROOT, 'tests/browser'),
    },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' },
  });
  return import(outfile);
}

async function openNotebook(LabPage, browser, server) {
  server.writeNotebook(NOTEBOOK, ['%%sql\nselect 1']);
  const lab = await LabPage.open(browser, server, NOTEBOOK);
  if (options.mode) await lab.page.evaluate(setMode, options.mode);
  return lab;
}

/** Two worldlines that share their first cell, each with `CELLS` cells. */
async function measure(server, lab) {
  const { page } = lab;
  await page.evaluate(defineHelpers);
  await lab.run(0);
  await lab.command('worldline:branch', { name: 'other' });
  await page.waitForFunction(() => document.querySelector('.wl-MenuButton').textContent === 'other');
  await page.waitForFunction(
    () => bench.shown() === document.querySelector('.wl-MenuButton').dataset.wlActive,
  );
  const other = await page.evaluate(() => bench.shown());
  await fill(lab, 'b');
  await lab.command('worldline:switch-to-next');
  await page.waitForFunction((id) => bench.shown() !== id, other);
  const first = await page.evaluate(() => bench.shown());
  await fill(lab, 'a');
  await lab.showSidebar();

  const session = options.profile ? await page.context().newCDPSession(page) : null;
  await session?.send('Profiler.enable');
  await session?.send('Profiler.start');
  const painted = [];
  const inPlace = [];
  for (let turn = 0; turn < SWITCHES; turn++) {
    const [target, leaving] = turn % 2 === 0 ? [other, 'a-'] : [first, 'b-'];
    const took = await page.evaluate((args) => bench.switchTo(...args), [target, CELLS, leaving]);
    painted.push(took.painted);
    inPlace.push(took.inPlace);
  }
  if (session) {
    const { profile } = await session.send('Profiler.stop');
    await writeFile(options.profile, JSON.stringify(profile));
  }
  await lab.save();
  const opens = [];
  for (let turn = 0; turn < 3; turn++) {
    opens.push(await page.evaluate(([name, count]) => bench.open(name, count), [`${NOTEBOOK}.ipynb`, CELLS]));
  }
  report([
    {
      lines: [
        {
          ...{ what: `switch between two worldlines of ${CELLS} cells`, unit: 'ms', ours: sample(painted) },
          ...{ beside: 'Lab opens such a notebook', peer: sample(opens), goal: { most: 300 } },
        },
        {
          ...{ what: 'the same, until every cell is in place', unit: 'ms', ours: sample(inPlace) },
          ...{ beside: 'Lab opens such a notebook', peer: sample(opens) },
        },
      ],
    },
  ]);
  if (lab.complaints.length > 0) console.error(lab.complaints.join('\n'));
}

async function fill(lab, prefix) {
  await lab.page.evaluate(([name, count]) => bench.fill(name, count), [prefix, CELLS]);
  if (options.plain) return;
  await lab.command('notebook:run-all-cells');
  await lab.page.waitForFunction(() => bench.allRan(), null, { timeout: 300_000 });
}

/* The functions below run in the page. */

async function setMode(mode) {
  const { content } = globalThis.jupyterapp.shell.currentWidget;
  content.notebookConfig = { ...content.notebookConfig, windowingMode: mode };
}

function defineHelpers() {
  /** Milliseconds after which Lab has looked for headings. */
  const HEADINGS = 1500;
  const app = globalThis.jupyterapp;
  const notebook = () => app.shell.currentWidget.content;
  const shown = () => notebook().node.dataset.wlShown;
  const output = (text) => ({
    output_type: 'execute_result',
    execution_count: 1,
    metadata: {},
    data: {
      'text/plain': text,
      'text/html': `<table><tr><th>value</th></tr><tr><td>${text}</td></tr></table>`,
    },
  });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  /** What runs in a frame before it is painted goes on after that. */
  const painted = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  /** The output is on the page; of a table, its rows are. */
  const drawn = (cell) =>
    cell.querySelector('.jp-OutputArea-output') &&
    (!cell.querySelector('.wl-TableGrid') || cell.querySelector('.wl-FirstRows, .wl-TableGrid canvas'));
  const inSight = () => {
    const { outerNode, widgets } = notebook();
    const box = outerNode.getBoundingClientRect();
    return widgets.filter((cell) => {
      if (!cell.isAttached) return false;
      const { top, bottom, height } = cell.node.getBoundingClientRect();
      return height > 0 && bottom > box.top && top < box.bottom;
    });
  };
  /** Cells fill the page as far as there are any, and each that is in sight has its output on the page. */
  const filled = () => {
    const cells = inSight();
    const last = cells.at(-1);
    if (!last) return false;
    const { outerNode, widgets } = notebook();
    const isFull =
      last === widgets.at(-1) ||
      last.node.getBoundingClientRect().bottom >= outerNode.getBoundingClientRect().bottom;
    return (
      isFull && cells.every((cell) => cell.model.sharedModel.getOutputs().length === 0 || drawn(cell.node))
    );
  };
  /** A condition that a frame finds fulfilled is painted by that frame. */
  const until = async (condition) => {
    do await frame();
    while (!condition());
    await painted();
  };
  /**
   * As a person finds the notebook who switches after a while: Lab has drawn the cells out of sight, one by one when nothing
   * else went on, and has looked for headings a second later.
   */
  const rest = async () => {
    for (let index = 0; index < notebook().widgets.length; index++) notebook().renderCellOutputs(index);
    await new Promise((resolve) => setTimeout(resolve, HEADINGS));
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 }));
  };
  globalThis.bench = {
    shown,
    fill(prefix, count) {
      const shared = notebook().model.sharedModel;
      const have = shared.cells.length;
      const cells = Array.from({ length: count - have }, (_, index) => ({
        id: `${prefix}-${index}`,
        cell_type: 'code',
        source: `%%sql\nselect '${prefix}' as line, ${index} as value\nfrom range(3)`,
        metadata: { trusted: true },
        outputs: [output(`${prefix} ${index}`)],
        execution_count: index,
      }));
      shared.insertCells(have, cells);
    },
    allRan() {
      const cells = Array.from(notebook().model.cells);
      return cells.every(
        (cell) =>
          cell.sharedModel.getSource() === '' ||
          (cell.executionState === 'idle' && cell.getMetadata('worldline')),
      );
    },
    /** `leaving` is what the ids of the cells begin with that are to go. */
    async switchTo(worldline, count, leaving) {
      await rest();
      const begin = performance.now();
      void app.commands.execute('worldline:switch', { worldline });
      await until(() => inSight().every((cell) => !cell.model.id.startsWith(leaving)) && filled());
      const painted = performance.now() - begin;
      await until(() => shown() === worldline && notebook().widgets.length === count);
      return { painted, inPlace: performance.now() - begin };
    },
    async open(path, count) {
      const panel = app.shell.currentWidget;
      await rest();
      panel.dispose();
      await frame();
      await painted();
      const begin = performance.now();
      const next = await app.commands.execute('docmanager:open', { path });
      await next.revealed;
      await until(() => app.shell.currentWidget === next && notebook().widgets.length === count && filled());
      return performance.now() - begin;
    },
  };
}
