#!/usr/bin/env node
/**
 * `npm run eval -- --questions FILE --tables DIR`: asks questions with closed answers of the configured model, scores the
 * answers, and goes on where an earlier run stopped. See docs/evaluation.md.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildKernel } from '../../kernel/build.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
// Below node_modules, so that the bundle finds its packages.
const outdir = path.join(ROOT, 'node_modules/.cache', `worldline-eval-${process.pid}`);
try {
  await buildKernel({
    outdir,
    entries: { eval: 'tests/eval/main.ts', database: 'kernel/src/database/process/main.ts' },
  });
  const { main } = await import(pathToFileURL(path.join(outdir, 'eval.js')).href);
  process.exitCode = await main(process.argv.slice(2), process.env);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
