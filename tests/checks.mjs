import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { inProject, ROOT } from '../install/paths.mjs';
import { foreground } from '../install/run.mjs';

const RESULTS = inProject('test-results', 'jest.json');
const bin = (name, ...file) => inProject('node_modules', name, ...file);

/** Each is passed or failed as a whole. */
const CHECKS = [
  ['types', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']],
  [
    'types of the lab extension',
    [bin('typescript', 'bin', 'tsc'), '-p', 'labextension/tsconfig.json', '--noEmit'],
  ],
  ['lint', [bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
  ['format', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
];

/** @typedef {{ name: string, passed: number, failed: number }} Result */

/**
 * Runs every check and every test, whatever comes of the ones before.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} jestArguments
 * @returns {Promise<Result[]>}
 */
export async function checks(env, jestArguments) {
  const results = [];
  // Words for Jest pick some tests: then the whole project is not what is asked about.
  for (const [name, args] of jestArguments.length === 0 ? CHECKS : []) {
    console.log(`\n── ${name}`);
    const code = await foreground(process.execPath, args, { cwd: ROOT, env });
    results.push({ name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });
  }
  console.log('\n── tests');
  results.push(await jest(env, jestArguments));
  return results;
}

async function jest(env, words) {
  mkdirSync(inProject('test-results'), { recursive: true });
  rmSync(RESULTS, { force: true });
  const flags = ['--json', `--outputFile=${RESULTS}`, '--workerIdleMemoryLimit=1GB', '--maxWorkers=2'];
  const options = {
    ...env,
    NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
  };
  const code = await foreground(process.execPath, [bin('jest', 'bin', 'jest.js'), ...flags, ...words], {
    cwd: ROOT,
    env: options,
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  return count(code);
}

/** Files that did not even load hold no test that could fail, so each counts as one; a skipped test is not passed. */
function count(code) {
  let report;
  try {
    report = JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch {
    return { name: 'tests (Jest ended before its report)', passed: 0, failed: 1 };
  }
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.numPendingTests + report.numTodoTests;
  return {
    name: skipped === 0 ? 'tests' : `tests (${skipped} skipped)`,
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
  };
}
