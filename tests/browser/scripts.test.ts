import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { labWithModel } from './sharedLab.js';

const MINUTES = 240_000;
/** Runs where it is taken for HTML in any of the ways that need no click. */
const ATTACK = `<img src=x onerror="window.attacked='img'"><script>window.attacked='script'</script><svg onload="window.attacked='svg'">`;
const ANSWER = [
  'Done. [here](javascript:window.attacked="link") <a href="javascript:window.attacked=1">there</a>',
  ATTACK,
  '<iframe srcdoc="<script>parent.attacked=1</script>"></iframe>',
  '![x](x"onerror="window.attacked=1)',
].join('\n\n');

const turns = [
  { calls: [{ name: 'run_sql', arguments: { sql: "from 'evil.csv'" } }] },
  { calls: [{ name: 'finish', arguments: { answer: ANSWER, evidence: ['r1'] } }] },
];
const { lab } = labWithModel((_, number) => turns[number] ?? { text: ANSWER }, {
  start: MINUTES,
  stop: MINUTES,
});

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test(
  'HTML in cells, column names, file names and answers never runs, not in a trusted notebook either',
  async () => {
    const name = 'attack';
    const { notebooks } = lab.server;
    writeFileSync(join(notebooks, 'evil.csv'), `${quoted(ATTACK)},b\n${quoted(ATTACK)},1\n`);
    const file = '<img src=x onerror=window.attacked=2>.csv';
    writeFileSync(join(notebooks, file), 'a\n1\n');
    const sources = [
      "%%sql\nfrom 'evil.csv'",
      "%load 'evil.csv' as evil",
      `%%sql\nselect '${ATTACK.replaceAll("'", "''")}' as ${quoted(ATTACK)}`,
      `%load '${file}' as odd`,
      '%tables',
      `%%python\nimport pandas as pd\nframe = pd.read_csv('evil.csv')\nopen(${JSON.stringify(file)}, 'w').write('x')\nopen('plain.txt', 'w').write('x')\nframe`,
      `%%sql\nselect * from nowhere_${quoted(ATTACK)}`,
      'What is in the file?',
      'And again?',
    ];
    await lab.withNotebook(name, sources, async (notebook) => {
      const { page } = notebook;
      const trusted = notebook.command('notebook:trust');
      await page.locator('.jp-Dialog .jp-mod-accept').click();
      await trusted;
      await notebook.showSidebar();
      for (const at of sources.keys()) await notebook.run(at);
      await notebook.cell(7).locator('.jp-OutputArea', { hasText: 'Done.' }).first().waitFor();
      await page.locator('[data-wl-table="evil"]').first().waitFor();
      await notebook.save();
      await page.reload();
      await notebook.ready();
      await notebook.showSidebar();
      await page.locator('[data-wl-table="evil"]').first().waitFor();
      for (const at of sources.keys()) await notebook.select(at);
      expect(await page.evaluate('window.attacked ?? null')).toBeNull();
      const dangerous = `Array.from(document.querySelectorAll('.jp-OutputArea a, .jp-OutputArea iframe, .jp-OutputArea script, .wl-Sidebar script'),
        (node) => node.outerHTML).filter((html) => /href=.?javascript:|<script|srcdoc/i.test(html))`;
      expect(await page.evaluate(dangerous)).toEqual([]);
      // A picture that is not there is what Lab complains of, and proof that the HTML was not taken for text by luck.
      notebook.complaints.splice(0);
    });
  },
  MINUTES,
);
