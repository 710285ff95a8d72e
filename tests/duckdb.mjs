import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { inProject } from '../install/paths.mjs';
import { work } from '../install/run.mjs';

/** The DuckDB that goes with the extensions of tests/requirements.txt, in a folder of its own. */
export const DUCKDB = '1.5.5-r.5';
export const DUCKDB_FOLDER = inProject('node_modules', '.cache', 'worldline', `duckdb-${DUCKDB}`);

/** Fetches that DuckDB where it is not there yet. */
export async function olderDuckDB(say) {
  if (existsSync(`${DUCKDB_FOLDER}/node_modules/@duckdb/node-api`)) return `${DUCKDB} is there`;
  await mkdir(DUCKDB_FOLDER, { recursive: true });
  const fix = 'Is the npm registry within reach? Then run this again.';
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  await work('npm', ['install', ...flags, '--prefix', DUCKDB_FOLDER, `@duckdb/node-api@${DUCKDB}`], {
    say,
    fix,
  });
  return `fetched ${DUCKDB}`;
}
