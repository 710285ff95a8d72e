import type { TableDescription, TableSummary } from '../../database/types.js';
import { count } from '../../counts.js';
import { descriptionDisplay } from '../../display/description.js';
import { listDisplay } from '../../display/list.js';
import { firstPageDisplay, tableDisplay } from '../../display/table.js';
import type { CellContext } from '../context.js';
import type { Magic } from './Magic.js';
import { required } from './required.js';

/** A table with more columns shows the first of them. */
const SHOWN_COLUMNS = 30;

export const tables: Magic = {
  name: 'tables',
  usage: '%tables',
  about: 'Lists the tables and views of the active worldline, and of attached databases.',
  options: [],
  words: [],
  most: 0,
  async run(_, { runtime, run }) {
    const found = await runtime.database.tables();
    if (found.length === 0) {
      run.stream(
        'stdout',
        "There are no tables yet. %load FILE makes one; FROM 'file.csv' reads a file as it is.\n",
      );
      return;
    }
    run.display(
      listDisplay(
        [{ title: 'table' }, { title: 'kind' }, { title: 'rows', align: 'right' }, { title: 'columns' }],
        found.map((table) => [
          table.name,
          table.kind,
          table.rows === null ? '–' : count(table.rows),
          columnsText(table),
        ]),
      ),
    );
  },
};

function columnsText({ name, columns }: TableSummary): string {
  const shown = columns.slice(0, SHOWN_COLUMNS).map((column) => `${column.name} ${column.type}`);
  const left = columns.length - shown.length;
  return shown.join(', ') + (left === 0 ? '' : ` … and ${count(left)} more: %describe ${name}`);
}

export const describe: Magic = {
  name: 'describe',
  usage: '%describe TABLE',
  about: 'Shows the columns of a table: types, missing values, range, distinct values, a sample.',
  options: [],
  words: ['table'],
  most: 1,
  async run({ positional }, { runtime, run }) {
    const name = required(positional[0], '%describe', 'the name of a table');
    await runtime.offerFrames(`FROM ${name}`);
    showDescription(await runtime.database.describe(name, { signal: run.signal }), run);
  },
};

/** A table's columns and sample as two displays. */
export function showDescription(table: TableDescription, run: CellContext['run']): void {
  run.display(descriptionDisplay(table));
  const { sample } = table;
  const whole = sample.rows.length === sample.total;
  run.display(whole ? tableDisplay({ result: '', ...sample }) : firstPageDisplay(sample, 'as a sample'));
}
