import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DATA_CELLS, layOutData } from '../support/dataCells.js';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';

let jupyter: JupyterFolder;
let root: string;
/** Of the notebooks. */
let folder: string;
beforeAll(async () => {
  jupyter = installForTest();
  root = mkdtempSync(join(tmpdir(), 'worldline-clients-'));
  folder = join(root, 'notebooks');
  mkdirSync(folder);
  await layOutData(folder);
});
afterAll(() => {
  jupyter.remove();
  rmSync(root, { recursive: true, force: true });
});

/** Where Playwright finds a browser. */
let browsers = '';
const environment = (): Record<string, string> => ({
  ...jupyter.env,
  WORLDLINE_HOME: join(root, 'home'),
  PLAYWRIGHT_BROWSERS_PATH: browsers,
});

async function nbconvert(
  name: string,
  sources: readonly string[],
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const file = writeNotebook(name, sources);
  return runPython(['-m', 'nbconvert', '--execute', file, ...args], environment());
}

function writeNotebook(name: string, sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: 'code', id: `cell-${i}`, source, metadata: {}, outputs: [], execution_count: null },
  }));
  const kernelspec = { name: 'worldline', display_name: 'Worldline', language: 'worldline' };
  const file = join(folder, `${name}.ipynb`);
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return file;
}

test('nbconvert runs a notebook to HTML with its tables', async () => {
  const { code, output } = await nbconvert(
    'good',
    ['%%sql select 41 + 1 as answer', '%%python\nprint(6 * 7)'],
    '--to',
    'html',
  );
  expect(code === 0 ? 'converted' : output).toBe('converted');
  const html = readFileSync(join(folder, 'good.html'), 'utf8');
  expect(html).toContain('<td style="text-align:right">42</td>');
  expect(html).toContain('42');
});

test('the data magics work in nbconvert, to HTML and to Markdown', async () => {
  const sources = DATA_CELLS.map(([source]) => source);
  const { code, output } = await nbconvert('data', sources, '--to', 'notebook', '--inplace');
  expect(code === 0 ? 'ran' : output).toBe('ran');
  for (const [format, ending] of [
    ['html', 'html'],
    ['markdown', 'md'],
  ]) {
    const convert = ['-m', 'nbconvert', '--to', String(format), join(folder, 'data.ipynb')];
    const converted = await runPython(convert, environment());
    expect(converted.code === 0 ? 'converted' : converted.output).toBe('converted');
    const page = readFileSync(join(folder, `data.${String(ending)}`), 'utf8');
    for (const [, shown] of DATA_CELLS) expect(page).toContain(shown);
    expect(page).toContain('<td style="text-align:right">1,461</td>');
    expect(page).not.toContain('<progress');
    // Each cell's output stands there once.
    expect(page.split('Loaded 1,461 rows into weather')).toHaveLength(2);
  }
}, 180_000);

test('a cell that fails fails the run', async () => {
  const { code, output } = await nbconvert('bad', ['%%sql select nothing_of_that_name'], '--to', 'html');
  expect(code).not.toBe(0);
  expect(output).toContain('nothing_of_that_name');
});

test('a report of a worldline goes through the Jupyter that the kernel was installed for', async () => {
  const cells = ['%%sql select 41 + 1 as answer', '%export main report.html'];
  const { code, output } = await nbconvert(
    'report',
    cells,
    '--to',
    'notebook',
    '--output',
    'report-run.ipynb',
  );
  expect(code === 0 ? 'exported' : output).toBe('exported');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('answer');
});

const BOTH = ['%%sql select 41 + 1 as answer', '%%python\nprint(6 * 7)'];

test("jupyter execute runs a notebook, nbconvert makes Markdown, a script and a PDF by the system's Chromium of it", async () => {
  const file = writeNotebook('executed', BOTH);
  const run = async (args: readonly string[]): Promise<void> => {
    const { code, output } = await runPython(['-m', 'jupyter', ...args, file], environment());
    expect(code === 0 ? 'done' : output).toBe('done');
  };
  await run(['execute', '--inplace']);
  const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { cells: { execution_count: number }[] };
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2]);

  await run(['nbconvert', '--to', 'markdown', '--output', 'report']);
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatch(/^ {4}42$/m);
  await run(['nbconvert', '--to', 'script', '--output', 'script']);
  expect(readFileSync(join(folder, 'script.md'), 'utf8')).toContain('%%sql select 41 + 1 as answer');
  browsers = await linkChromium();
  await run(['nbconvert', '--to', 'webpdf', '--disable-chromium-sandbox', '--output', 'report']);
  expect(readFileSync(join(folder, 'report.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
}, 180_000);

test('jupyter run runs a file and shows what it printed', async () => {
  // It gives a cell ten seconds, in which a busy machine may not start a container.
  const file = join(folder, 'run.sql');
  writeFileSync(file, '%%sql\ncreate table t as select 6 * 7 as answer;\nfrom t\n');
  const { code, output } = await runPython(
    ['-m', 'jupyter', 'run', '--kernel', 'worldline', file],
    environment(),
  );
  expect(code === 0 ? output : `failed: ${output}`).toMatch(/Table t made[^]*42/);
});

test('the console shows text', async () => {
  const { code, output } = await runPython(['-c', CONSOLE], environment());
  expect(code === 0 ? 'done' : output).toBe('done');
  expect(output).toContain('1 row × 2 columns');
  expect(output).toContain('Did you mean %tables?');
  expect(output).not.toContain('<table');
});

test('the data magics work in the console', async () => {
  const { code, output } = await runPython(
    ['-c', DATA_CONSOLE, JSON.stringify(DATA_CELLS), folder],
    environment(),
  );
  expect(code === 0 ? 'done' : output).toBe('done');
  expect(output).not.toContain('<t');
}, 180_000);

test.each(['exit', 'quit()'])('%s leaves the console', async (word) => {
  const { code, output } = await runPython(['-c', LEAVING, word], environment());
  expect(code === 0 ? 'done' : output).toBe('done');
  expect(output).not.toContain('No model');
});

/** Starts a real console on a terminal. */
const START = `
import json, os, sys, pexpect
if len(sys.argv) > 2:
    os.chdir(sys.argv[2])
child = pexpect.spawn(sys.executable, ['-m', 'jupyter', 'console', '--kernel', 'worldline', '--simple-prompt'],
                      encoding='utf-8', timeout=90, dimensions=(50, 160))
child.logfile_read = sys.stdout
`;

const END = `
child.sendeof()
child.expect([pexpect.EOF, r'\\?'])
if child.isalive():
    child.sendline('y')
    child.expect(pexpect.EOF)
`;

/** Types into it, and waits for what each line shows. */
const CONSOLE = `${START}
child.expect(r'In \\[1\\]:')
child.sendline("%%sql select 1 as a, 'x' as b;")
child.expect('1 row × 2 columns')
child.expect(r'In \\[2\\]:')
child.sendline('%tabels')
child.expect('Did you mean')
child.expect(r'In \\[3\\]:')
${END}`;

const LEAVING = `${START}
child.expect(r'In \\[1\\]:')
child.sendline(sys.argv[1])
child.expect(pexpect.EOF)
`;

/** The same with cells as JSON; a cell of Python needs an empty line after it. */
const DATA_CONSOLE = `${START}
for number, (source, shown) in enumerate(json.loads(sys.argv[1]), 1):
    child.expect(rf'In \\[{number}\\]:')
    child.sendline(source + ('\\n' if source.startswith('%%python') else ''))
    child.expect_exact(source)
    child.expect_exact(shown)
child.expect(rf'In \\[{number + 1}\\]:')
${END}`;

/** Puts the system's Chromium where nbconvert's Playwright looks for its own, and gives the folder. */
async function linkChromium(): Promise<string> {
  const place = join(root, 'browsers');
  const { output } = await runPython(['-c', LAUNCH], { PLAYWRIGHT_BROWSERS_PATH: place });
  const wanted = /doesn't exist at (\S+)/.exec(output)?.[1];
  if (wanted === undefined) throw new Error(`Playwright names no browser: ${output}`);
  mkdirSync(dirname(wanted), { recursive: true });
  symlinkSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium', wanted);
  return place;
}

const LAUNCH = `
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch()
`;
