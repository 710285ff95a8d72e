import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { inProject, program } from '../../install/paths.mjs';
import { capture, work } from '../../install/run.mjs';

const PYTHON = program(inProject('.venv'), 'python');
const VERSION = /^ipykernel==(\S+)/m.exec(readFileSync(inProject('tests', 'requirements.txt'), 'utf8'))?.[1];
const FOLDER = inProject('node_modules', '.cache', 'worldline', 'ipykernel');
const SOURCE = `${FOLDER}/ipykernel-${VERSION}`;

/** Fetches the source of ipykernel, whose package has no tests. */
export async function fetchValidators(say) {
  if (existsSync(`${SOURCE}/tests`)) return `of ipykernel ${VERSION}`;
  await mkdir(FOLDER, { recursive: true });
  const fix = 'Is the Python package index within reach? Then run this again.';
  const flags = ['--disable-pip-version-check', '--no-deps', '--no-binary', 'ipykernel', '--dest', FOLDER];
  await work(PYTHON, ['-m', 'pip', 'download', ...flags, `ipykernel==${VERSION}`], { say, fix });
  await work('tar', ['-xzf', `${SOURCE}.tar.gz`, '-C', FOLDER], { say, fix });
  return `of ipykernel ${VERSION}`;
}

/**
 * Holds every recorded message against ipykernel's rules; prints what breaks them.
 * @param {string} file
 * @returns {Promise<import('./table.mjs').Row>}
 */
export async function validateMessages(file) {
  const { code, stdout, stderr } = await capture(PYTHON, [
    inProject('tests', 'trust', 'messages.py'),
    SOURCE,
    file,
  ]);
  if (code !== 0) throw new Error(`The messages could not be checked: ${stderr}`);
  const { counts, problems } = JSON.parse(stdout);
  for (const problem of problems.slice(0, 20)) console.log(problem);
  const tries = Object.values(counts).reduce((sum, it) => sum + it, 0);
  const title = 'the same by the validators of ipykernel’s own message tests';
  return { title, cases: Object.keys(counts).length, tries, failures: problems.length };
}
