#!/usr/bin/env node
/**
 * Times three million rows on their way from SQL to pandas through the whole kernel, beside DuckDB's own Parquet writer and
 * pandas' own reader in the same sandbox. Needs a build and the sandbox's image.
 *
 *     node tests/bench/flights.mjs [--quick] [--copies 7]
 */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kernel, ROOT, WORLDLINE } from './Kernel.mjs';
import { inTurns, numbersOf, report } from './measure.mjs';

const FILE = 'flights-3m.parquet';
const { copies } = numbersOf({ copies: [7, 1] });
const { DuckDBInstance } = createRequire(path.join(ROOT, 'kernel/'))('@duckdb/node-api');

const root = mkdtempSync(path.join(tmpdir(), 'worldline-bench-'));
chmodSync(root, 0o755);
copyFileSync(path.join(ROOT, 'node_modules/vega-datasets/data', FILE), path.join(root, FILE));
const env = {
  ...process.env,
  WORLDLINE_HOME: path.join(root, 'home'),
  JPY_SESSION_NAME: path.join(root, 'flights.ipynb'),
  // pandas' own reader needs more than the default.
  SANDBOX_MEMORY: '2g',
};
const kernel = await Kernel.start(WORLDLINE, root, { cwd: root, env });
try {
  const alone = await (await DuckDBInstance.create(':memory:', {})).connect();
  const copy = path.join(root, 'alone.parquet');
  const write = `COPY (FROM '${path.join(root, FILE)}') TO '${copy}' (FORMAT parquet, COMPRESSION uncompressed)`;
  await alone.run(write);
  await kernel.execute(`%%sql create table flights as from '${FILE}'`);
  await kernel.execute(`%%python\nimport pandas as pd\nlen(pd.read_parquet("alone.parquet"))`);
  await alone.run(`CREATE TABLE flights AS FROM '${path.join(root, FILE)}'`);
  const peer = async () => {
    await alone.run(write.replace(/FROM '[^']*'/, 'FROM flights'));
    await kernel.execute('%%python\nframe = pd.read_parquet("alone.parquet")');
    await kernel.execute('%%python\ndel frame');
  };
  const ways = {
    '%%sql frame << FROM flights': async () => {
      await kernel.execute('%%sql frame <<\nFROM flights');
      await kernel.execute('%%python\ndel frame');
    },
    'sql("FROM flights")': async () => {
      await kernel.execute('%%python\nframe = sql("FROM flights")');
      await kernel.execute('%%python\ndel frame');
    },
  };
  const times = await inTurns(copies, { ...ways, peer });
  const beside = 'a Parquet write and read alone';
  const lines = Object.keys(ways).map((name) => ({
    ...{ what: `3 M flights to pandas: ${name}`, unit: 'ms', ours: times[name] },
    ...{ beside, peer: times.peer, goal: { ratio: 1.5 } },
  }));
  report([{ lines }]);
} finally {
  await kernel.shutdown();
  rmSync(root, { recursive: true, force: true });
}
