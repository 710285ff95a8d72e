import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Cells that use each of the data magics, in order, and what each of them shows as text in every front end. */
export const DATA_CELLS: readonly (readonly [source: string, shown: string])[] = [
  ['%load seattle-weather.csv as weather', 'Loaded 1,461 rows into weather'],
  ['%tables', 'weather'],
  ['%describe weather', 'table weather: 1,461 rows, 6 columns'],
  [
    '%attach shop.duckdb as shop',
    'Attached as shop, read-only. Its tables are shop.NAME: %tables lists them.',
  ],
  ["%%sql select item || ' for ' || price as offer from shop.orders;", 'tea for 2.50'],
  ['%detach shop', 'Detached shop.'],
  ['%allow ../more', 'SQL and Python may read'],
  ["%%sql wet << select * from weather where weather = 'rain' limit 3;", 'Python has it as wet.'],
  [
    '%%python print(len(wet), "days of", sql("select sum(precipitation) as mm from wet").mm[0])',
    '3 days of 32.0',
  ],
  ["%%sql select count(*) || ' days' as wet_days from wet;", '3 days'],
];

/** Lays out what the cells read: a table beside the notebook, a database, and a folder beside the notebook's own. */
export async function layOutData(folder: string): Promise<void> {
  mkdirSync(join(folder, '..', 'more'), { recursive: true });
  copyFileSync('node_modules/vega-datasets/data/seattle-weather.csv', join(folder, 'seattle-weather.csv'));
  const instance = await DuckDBInstance.create(join(folder, 'shop.duckdb'));
  const connection = await instance.connect();
  await connection.run(
    `create table orders as select 'tea' as item, 2.50::decimal(9, 2) as price; checkpoint`,
  );
  connection.closeSync();
  instance.closeSync();
}
