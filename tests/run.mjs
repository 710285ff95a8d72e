#!/usr/bin/env node
/**
 * `npm test`: sets up what the tests need, checks types, style and format, runs every test, and prints totals, which it
 * also writes to test-results/summary.json. Options: `--yes`; further words go to Jest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fail } from '../install/report.mjs';

const SUMMARY = new URL('../test-results/', import.meta.url);

const { yes, jest } = split(process.argv.slice(2));
let results = [];
try {
  const { setUpTests } = await import('./setup.mjs');
  const env = await setUpTests({ yes });
  const { checks } = await import('./checks.mjs');
  results = await checks(env, jest);
} catch (error) {
  fail(error);
  results.push({ name: 'set-up of the tests', passed: 0, failed: 1 });
}

const passed = results.reduce((sum, it) => sum + it.passed, 0);
const failed = results.reduce((sum, it) => sum + it.failed, 0);
console.log('');
for (const it of results) {
  console.log(`${it.failed === 0 ? '✓' : '✗'} ${it.name}: ${it.passed} passed, ${it.failed} failed`);
}
mkdirSync(SUMMARY, { recursive: true });
writeFileSync(new URL('summary.json', SUMMARY), `${JSON.stringify({ passed, failed, results }, null, 2)}\n`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function split(args) {
  const ci = Boolean(process.env.CI) && process.env.CI !== 'false';
  return { yes: ci || args.includes('--yes'), jest: args.filter((word) => word !== '--yes') };
}
