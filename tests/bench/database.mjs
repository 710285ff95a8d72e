/**
 * The database process beside `@duckdb/node-api` alone: `node tests/bench/database.mjs` (after a build, or on sources
 * through esbuild). Times in milliseconds (medians), memory in MB (PSS). Gives an object of numbers when imported.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FLIGHTS = path.join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
const AGGREGATION = `
  SELECT ORIGIN, count(*) AS flights, avg(DEP_DELAY) AS delay, max(DISTANCE) AS longest
  FROM '${FLIGHTS}' GROUP BY ORIGIN ORDER BY flights DESC`;

export async function benchDatabase() {
  const { openDatabase } = await load();
  const folder = mkdtempSync(path.join(tmpdir(), 'worldline-bench-'));
  const started = performance.now();
  const database = openDatabase({
    file: path.join(folder, 'state', 'main.duckdb'),
    workspace: folder,
    readable: { folders: [path.dirname(FLIGHTS)], files: [] },
  });
  try {
    const numbers = {};
    await database.query('SELECT 1', { author: 'user' });
    numbers.startAndFirstQuery = performance.now() - started;
    numbers.processMemory = pss(database.pid);
    numbers.select1 = await median(200, () => database.query('SELECT 1', { author: 'user' }));
    numbers.select1Model = await median(200, () => database.query('SELECT 1', { author: 'model' }));

    const { DuckDBInstance } = createRequire(path.join(ROOT, 'kernel/'))('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {});
    const alone = await instance.connect();
    const columns = (await alone.runAndReadAll(`DESCRIBE FROM '${FLIGHTS}'`)).getRows().map((row) => row[0]);
    const sql = fit(AGGREGATION, columns);
    const [ours, theirs] = await sideBySide(
      25,
      () => database.query(sql, { author: 'user' }),
      async () => (await alone.runAndReadAll(sql)).getRows(),
    );
    Object.assign(numbers, { aggregation: ours, aggregationAlone: theirs, aggregationRatio: ours / theirs });
    numbers.processMemoryAfterAggregation = pss(database.pid);

    const large = `SELECT * FROM '${FLIGHTS}' LIMIT ALL`;
    const million = `SELECT range AS i, hash(range) AS h, 'row ' || range AS s, range::DOUBLE AS d FROM range(1000000)`;
    for (const [name, query] of [
      ['million', million],
      ['flights', large],
    ]) {
      let first = 0;
      const begun = performance.now();
      await database.query(query, {
        author: 'user',
        onPage: () => {
          first ||= performance.now() - begun;
        },
      });
      numbers[`${name}FirstPage`] = first;
      numbers[`${name}Counted`] = performance.now() - begun;
      numbers[`${name}FirstChunkAlone`] = await firstChunk(alone, query);
    }
    numbers.processMemoryAfterLarge = pss(database.pid);
    const file = path.join(folder, 'out.parquet');
    [numbers.toParquet, numbers.toParquetAlone] = await sideBySide(
      3,
      () => database.toParquet(`FROM '${FLIGHTS}'`, file, { author: 'user' }),
      () => alone.run(`COPY (FROM '${FLIGHTS}') TO '${file}' (FORMAT parquet, COMPRESSION uncompressed)`),
    );
    return numbers;
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load() {
  const outfile = path.join(ROOT, 'kernel/src/database', `bench-${process.pid}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, 'kernel/src/database/openDatabase.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['esbuild'],
  });
  try {
    return await import(outfile);
  } finally {
    rmSync(outfile);
  }
}

async function firstChunk(connection, sql) {
  const begun = performance.now();
  const result = await connection.stream(sql);
  await result.fetchChunk();
  const time = performance.now() - begun;
  connection.interrupt();
  return time;
}

/** Column names differ between editions of the data set. */
function fit(sql, columns) {
  const has = (name) => columns.includes(name);
  return sql
    .replaceAll(
      'ORIGIN',
      has('ORIGIN') ? 'ORIGIN' : (columns.find((name) => /origin/i.test(name)) ?? columns[0]),
    )
    .replaceAll('DEP_DELAY', columns.find((name) => /delay/i.test(name)) ?? columns[0])
    .replaceAll('DISTANCE', columns.find((name) => /distance/i.test(name)) ?? columns[0]);
}

async function sideBySide(times, a, b) {
  const [first, second] = [[], []];
  for (let count = 0; count < times; count += 1) {
    first.push(await timed(a));
    second.push(await timed(b));
  }
  return [middle(first), middle(second)];
}

async function median(times, work) {
  const all = [];
  for (let count = 0; count < times; count += 1) all.push(await timed(work));
  return middle(all);
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function pss(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, value] of Object.entries(await benchDatabase()))
    console.log(name.padEnd(32), value.toFixed(2));
}
