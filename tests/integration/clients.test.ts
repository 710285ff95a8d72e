import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';

let jupyter: JupyterFolder;
let folder: string;
beforeAll(() => {
  jupyter = installForTest();
  folder = mkdtempSync(join(tmpdir(), 'worldline-clients-'));
  mkdirSync(join(folder, 'home'));
});
afterAll(() => {
  jupyter.remove();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({ ...jupyter.env, WORLDLINE_HOME: join(folder, 'home') });

async function nbconvert(
  name: string,
  sources: readonly string[],
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: 'code', id: `cell-${i}`, source, metadata: {}, outputs: [], execution_count: null },
  }));
  const kernelspec = { name: 'worldline', display_name: 'Worldline', language: 'worldline' };
  const file = join(folder, `${name}.ipynb`);
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return runPython(['-m', 'nbconvert', '--execute', file, ...args], environment());
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

test('the console shows text', async () => {
  const { code, output } = await runPython(['-c', CONSOLE], environment());
  expect(code === 0 ? 'done' : output).toBe('done');
  expect(output).toContain('1 row × 2 columns');
  expect(output).toContain('Did you mean %tables?');
  expect(output).not.toContain('<table');
});

/** Types into a real console on a terminal, and waits for what each line shows. */
const CONSOLE = `
import sys, pexpect
child = pexpect.spawn(sys.executable, ['-m', 'jupyter', 'console', '--kernel', 'worldline', '--simple-prompt'],
                      encoding='utf-8', timeout=90, dimensions=(50, 160))
child.logfile_read = sys.stdout
child.expect(r'In \\[1\\]:')
child.sendline("%%sql select 1 as a, 'x' as b;")
child.expect('1 row × 2 columns')
child.expect(r'In \\[2\\]:')
child.sendline('%tabels')
child.expect('Did you mean')
child.expect(r'In \\[3\\]:')
child.sendeof()
child.expect([pexpect.EOF, r'\\?'])
if child.isalive():
    child.sendline('y')
    child.expect(pexpect.EOF)
`;
