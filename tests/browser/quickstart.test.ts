import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { sharedLab } from './sharedLab.js';

const lab = sharedLab(undefined, {
  WORLDLINE_TURNS: 'replay',
  WORLDLINE_CASSETTE: resolve('examples/quickstart.turns.json'),
});

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
}
const { cells } = JSON.parse(readFileSync('examples/quickstart.ipynb', 'utf8')) as Notebook;
const sources = cells.map(({ source }) => [source].flat().join(''));

test('the quickstart runs from its first cell to its last, and what ran is in sight', async () => {
  cpSync(resolve('examples/data'), join(lab.server.notebooks, 'data'), { recursive: true });
  await lab.withNotebook('quickstart', sources, async (notebook) => {
    await notebook.showSidebar();
    await notebook.command('notebook:run-all-cells');
    const branched = sources.findIndex((source) => source.startsWith('%branch'));
    // The cell that ran in the other branch is put away, and an empty one comes last.
    await notebook.shows('minutes-5', sources.length);
    const shown = await notebook.sources();
    expect(shown.slice(0, branched)).toEqual(sources.slice(0, branched));
    expect(shown.slice(-3)).toEqual([...sources.slice(-2), '']);
    await notebook.page.locator('[data-wl-name="by_hour"]').waitFor();
    await notebook.page.locator('.jp-OutputArea', { hasText: 'contents differ' }).waitFor();
    const file = 'JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON())';
    const drift = `${file}.match(/[^"]{0,100} differs from the recording/g) ?? []`;
    expect(await notebook.page.evaluate(drift)).toEqual([]);
    await notebook.shot('quickstart-end');

    const question = sources.findIndex((source) => source.startsWith('Draw the daily high'));
    await notebook.page.evaluate(`jupyterapp.shell.currentWidget.content.scrollToItem(${question}, 'start')`);
    await notebook.cell(question).locator('img').first().waitFor();
    await notebook.shot('quickstart-answer');
  });
}, 240_000);
