import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGED } from './app.mjs';
import { confirm } from './confirm.mjs';
import { exampleData } from './exampleData.mjs';
import { LAB } from './jupyter.mjs';
import { inProject } from './paths.mjs';
import { Problem } from './problem.mjs';
import { step, seconds } from './report.mjs';
import { foreground, work } from './run.mjs';
import { setUp } from './setup.mjs';
import { remember } from './state.mjs';

const NOTEBOOK = inProject('examples', 'quickstart.ipynb');
const TURNS = inProject('examples', 'quickstart.turns.json');
const OUTPUT = inProject('examples', 'output');

/**
 * Installs, runs the quickstart notebook from the command line, says what came of it, and offers JupyterLab.
 * @param {{ yes: boolean, lab: boolean, live: boolean, docker: boolean, packages?: string[] }} options
 * @returns {Promise<number>} the exit code
 */
export async function demo(options) {
  if (PACKAGED)
    throw new Problem(
      'The demo is in the repository, not in the package.',
      'Get a checkout, and: npm run demo',
    );
  const env = options.live ? process.env : { ...process.env, ...replay() };
  const jupyter = await setUp(options);
  await step('Example data', exampleData);
  const executed = path.join(OUTPUT, 'quickstart.ipynb');
  const report = path.join(OUTPUT, 'quickstart.html');
  remember('paths', 'examples/output');
  mkdirSync(OUTPUT, { recursive: true });
  await step('Quickstart', async (say) => {
    say(`running ${path.relative(inProject(), NOTEBOOK)} with nbconvert`);
    const began = performance.now();
    const convert = (...args) =>
      work(jupyter.command, ['nbconvert', '--log-level=WARN', '--output-dir', OUTPUT, ...args], {
        env,
        say,
        fix: 'A cell of the notebook failed: see above. node install.mjs --check tells whether all is in place.',
      });
    await convert('--to', 'notebook', '--execute', '--ExecutePreprocessor.timeout=600', NOTEBOOK);
    const took = seconds(performance.now() - began);
    await convert('--to', 'html', executed);
    checkSteps(executed);
    return `${JSON.parse(readFileSync(NOTEBOOK, 'utf8')).cells.filter(isCode).length} cells ran in ${took}`;
  });
  console.log(describe(executed, report, options.live));
  const lab = [...LAB, NOTEBOOK];
  if (options.lab && (await confirm('Open JupyterLab with the notebook?', options)))
    return await foreground(jupyter.command, lab, { env });
  console.log(`\nTo open the notebook in JupyterLab:\n    ${[jupyter.command, ...lab].join(' ')}`);
  return 0;
}

/** The model's turns come from a recording; every query and every line of Python runs for real. */
function replay() {
  if (existsSync(TURNS)) return { WORLDLINE_TURNS: 'replay', WORLDLINE_CASSETTE: TURNS };
  throw new Problem(
    `The recorded model turns are missing: ${TURNS}`,
    'Get the file back with git, or let a real model answer (needs a key, see README.md):\n    npm run demo -- --live',
  );
}

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const isCode = (cell) => cell.cell_type === 'code';

/** A run whose steps failed still ends in an answer: what was recorded would hide that something here does not work. */
function checkSteps(executed) {
  const { cells } = JSON.parse(readFileSync(executed, 'utf8'));
  const failed = cells
    .filter(isCode)
    .flatMap((cell) => cell.outputs)
    .flatMap((output) => output.data?.['application/vnd.worldline.run+json']?.steps ?? [])
    .filter((it) => it.state === 'error');
  if (failed.length === 0) return;
  throw new Problem(
    `Steps of the quickstart failed: ${failed.map((it) => `${it.id} ${it.tool}: ${it.summary}`).join('; ')}`,
    'node install.mjs --check tells whether all is in place.',
  );
}

/** What the report shows, counted from the outputs of this run. */
function describe(executed, report, live) {
  const { cells } = JSON.parse(readFileSync(executed, 'utf8'));
  const outputs = cells.filter(isCode).flatMap((cell) => cell.outputs);
  const having = (mime) => outputs.filter((output) => output.data?.[mime] !== undefined).length;
  const headings = cells
    .filter((cell) => cell.cell_type === 'markdown')
    .flatMap((cell) => cell.source.join('').match(/^## .+$/gm) ?? [])
    .map((heading) => `    - ${heading.slice(3)}`);
  const asked = live
    ? 'answered by a model'
    : 'with the model’s turns played from a recording; all that they ran, ran here';
  return `
The report: ${report}
It shows ${plural(having('text/html'), 'table or answer', 'tables and answers')} and ${plural(having('image/png'), 'chart', 'charts')}, ${asked}:
${headings.join('\n')}`;
}
