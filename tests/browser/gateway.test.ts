import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KernelGateway } from './KernelGateway.js';
import { LabPage } from './LabPage.js';
import { Lab } from './withLab.js';

let gateway: KernelGateway;
let lab: Lab;

beforeAll(async () => {
  gateway = await KernelGateway.start();
  lab = await Lab.start(gateway.client);
}, 120_000);

afterAll(async () => {
  await lab.stop();
  await gateway.stop();
}, 60_000);

test('a kernel behind a gateway: its own files, SQL and Python, branches from the sidebar, a store of the notebook’s own', async () => {
  writeFileSync(join(gateway.folder, 'there.csv'), 'a\n40\n2\n');
  lab.server.writeNotebook('remote', [
    '%load there.csv',
    '%%python\ntotal = int(sql("select sum(a) as a from there")["a"].iloc[0])\ntotal',
  ]);
  const notebook = await LabPage.open(lab.browser, lab.server, 'remote');
  try {
    await notebook.run(0);
    await notebook.run(1);
    await notebook.cell(1).locator('.jp-OutputArea', { hasText: '42' }).waitFor();
    await notebook.showSidebar();
    await notebook.command('worldline:branch', { name: 'side' });
    await notebook.page.locator('.wl-Row .wl-Head', { hasText: 'side' }).waitFor();
    await notebook.page.locator('[data-wl-name="total"]').waitFor();
    await notebook.shot('gateway');
  } finally {
    await notebook.close();
  }
  const stores = join(gateway.store, 'notebooks');
  const about = readdirSync(stores).map(
    (id) => JSON.parse(readFileSync(join(stores, id, 'store.json'), 'utf8')) as { path: string },
  );
  expect(about.map(({ path }) => path)).toEqual([join(lab.server.notebooks, 'remote.ipynb')]);
}, 240_000);
