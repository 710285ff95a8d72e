import type { RowDifferences } from '../../contract.js';
import { comparisonDisplay } from '../../display/comparison.js';
import { tableDisplay } from '../../display/table.js';
import { UserError } from '../errors.js';
import type { Magic } from './Magic.js';
import { required } from './required.js';

export const compare: Magic = {
  name: 'compare',
  usage: '%compare A [B] [--rows TABLE]',
  about: 'Shows what two worldlines did since their fork: cells and answers, tables, files, variables.',
  details: 'B is the active worldline where it is not named. A checkpoint goes by the beginning of its id.',
  options: [{ name: 'rows', value: 'TABLE', about: 'the first rows of a table that only one of them has' }],
  words: ['worldline'],
  most: 2,
  async run({ positional, options }, { kernel, run }) {
    const session = await kernel.session();
    const a = required(positional[0], '%compare', 'the name of a worldline');
    const b = positional[1] ?? session.active.name;
    if (a === b)
      throw new UserError(
        'UsageError',
        `${a} is the same as itself: name another worldline or checkpoint to compare it with.`,
        '%worldlines lists them.',
      );
    const table = options.get('rows');
    if (typeof table !== 'string') {
      run.display(comparisonDisplay(await session.compare(a, b), a, b));
      return;
    }
    const differences = await session.compareRows(a, b, table, kernel.settings.number('rows') ?? 50);
    run.stream('stdout', `Rows of ${table} that only ${a} has:\n`);
    run.display(tableDisplay(differences.onlyA));
    run.stream('stdout', `Rows of ${table} that only ${b} has:\n`);
    run.display(tableDisplay(differences.onlyB));
    run.stream('stdout', notCompared(differences, a, b));
  },
};

/** Rows are told apart by the columns that both tables have: which others there are. */
function notCompared({ columnsOnlyA, columnsOnlyB }: RowDifferences, a: string, b: string): string {
  const only = (columns: readonly string[], name: string): string[] =>
    columns.length === 0
      ? []
      : [`the column${columns.length === 1 ? '' : 's'} ${columns.join(', ')}, which only ${name} has`];
  const columns = [...only(columnsOnlyA, a), ...only(columnsOnlyB, b)];
  return columns.length === 0 ? '' : `Not compared: ${columns.join('; ')}.\n`;
}
