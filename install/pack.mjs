#!/usr/bin/env node
/** Runs before `npm pack`: builds what the package holds, from the sources as they are. */
import { build } from './builds.mjs';
import { fail } from './report.mjs';

try {
  for (const name of ['kernel', 'labextension'])
    console.error(`${name}: ${await build(name, console.error)}`);
} catch (error) {
  fail(error);
  process.exitCode = 1;
}
