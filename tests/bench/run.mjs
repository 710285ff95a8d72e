#!/usr/bin/env node
/**
 * `npm run bench`: runs the benches one after another and writes docs/benchmarks.md. Names pick some of them; those that did
 * not run keep what the page says of them. Each round of a peer alternates with ours inside its bench.
 *
 *     node tests/bench/run.mjs [--quick] [--out FILE] [NAME…]
 *
 * `--quick` takes few rounds and small data, to see that all benches work, and writes no page unless `--out` names one.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { BENCHES } from './benches.mjs';
import { page, sectionsOf } from './page.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = path.join(ROOT, 'docs/benchmarks.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const out = values.out ?? (values.quick ? null : PAGE);

const sections = new Map(out === null ? [] : sectionsOf(read(out)));
let failed = false;
for (const name of names) {
  const bench = BENCHES[name];
  const args = values.quick ? bench.quick : [];
  const command = ['node', `tests/bench/${name}.mjs`, ...args].join(' ');
  console.log(`\n── ${command}`);
  try {
    const printed = await run(name, args);
    sections.set(name, { command, tables: bench.read(printed) });
  } catch (error) {
    failed = true;
    console.error(error.message);
  }
}
const text = page(BENCHES, sections, os.cpus().length);
if (out === null) console.log(`\n${text}`);
else {
  const style = await resolveConfig(PAGE);
  writeFileSync(out, await format(text, { ...style, parser: 'markdown' }));
  console.log(`\nWrote ${path.relative(process.cwd(), out)}.`);
}
process.exitCode = failed ? 1 : 0;

/** What a bench printed; its messages go on to the terminal. Rejects where it fails. */
async function run(name, args) {
  const file = path.join(import.meta.dirname, `${name}.mjs`);
  const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    process.stdout.write(text);
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The bench ${name} failed.`);
  return printed;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
