#!/usr/bin/env node
/**
 * `npm run bench`: runs the benches one after another, keeps their results in docs/benchmarks.json, and writes
 * docs/benchmarks.md, its chart and the table of the README from them. Names pick some of them; those that did not run keep their results.
 *
 *     node tests/bench/run.mjs [--quick] [NAME…]
 *
 * `--quick` takes few rounds and small data, to see that all benches work; it prints the page and writes nothing.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHES } from './benches.mjs';
import { page } from './page.mjs';
import { written } from './written.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RESULTS = path.join(ROOT, 'docs/benchmarks.json');
const PAGE = path.join(ROOT, 'docs/benchmarks.md');
const README = path.join(ROOT, 'README.md');
const CHART = path.join(ROOT, 'docs/images/benchmarks.svg');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const results = values.quick ? {} : read();
for (const name of names) {
  const args = values.quick ? ['--quick'] : [];
  const command = ['node', `tests/bench/${name}.mjs`, ...args].join(' ');
  console.log(`\n── ${command}`);
  try {
    results[name] = { command, machine: machine(), ...(await run(name, args)) };
    if (!values.quick) await write();
  } catch (error) {
    process.exitCode = 1;
    console.error(error.message);
  }
}
console.log(`\n${page(BENCHES, results)}`);
if (!values.quick) console.log(`Wrote ${path.relative(process.cwd(), PAGE)}.`);

/** What a bench printed; what it says meanwhile goes on to the terminal. Rejects where it fails. */
async function run(name, args) {
  const file = path.join(import.meta.dirname, `${name}.mjs`);
  const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The bench ${name} failed: ${printed}`);
  return JSON.parse(printed);
}

/** After each bench, so that one that fails costs none of the others. */
async function write() {
  const files = await written(results, readFileSync(README, 'utf8'), PAGE);
  writeFileSync(RESULTS, files.results);
  writeFileSync(PAGE, files.page);
  writeFileSync(CHART, files.chart);
  writeFileSync(README, files.readme);
}

function machine() {
  const cores = os.cpus().length;
  return `${cores} ${cores === 1 ? 'core' : 'cores'}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

function read() {
  try {
    return JSON.parse(readFileSync(RESULTS, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
