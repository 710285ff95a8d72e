import { asName, quoteName, quoteText } from '../shown/dataText.js';
import type { Ports } from '../ports.js';
import type { ChartsShown } from './ChartsShown.js';
import { quantity } from '../shown/resultText.js';
import type { Tool } from '../types.js';
import { portError, toolError } from './result.js';

const DEADLINE = 60_000;
/** Files that are tables. */
const TABULAR = /\.(csv|tsv|parquet|json|jsonl|ndjson)(\.gz|\.zst)?$/i;
/** Rows of the table that the person sees at first; they can page on. */
const ROWS = 50;

export function showTool({ sql, data }: Ports, charts: ChartsShown): Tool {
  return {
    name: 'show',
    description:
      'Puts a whole table, view or file (image, CSV, Markdown, PDF) before the person, in the notebook. Charts and query results are shown by themselves already.',
    parameters: {
      type: 'object',
      properties: {
        table: { type: 'string', description: 'A table, a view or a handle.' },
        file: { type: 'string', description: 'A file of the working directory or a data folder.' },
      },
    },
    readable: ({ table, file }) => [table, file].filter((name) => typeof name === 'string').join(', '),
    async run(args, context) {
      const { table, file } = args;
      try {
        const before = typeof file === 'string' ? charts.stepOf(file) : undefined;
        if (before !== undefined)
          return {
            text: `The user has this chart before them already: ${before} showed it.`,
            error: false,
            displays: [],
            summary: `shown by ${before} already`,
          };
        if (typeof file === 'string' && !TABULAR.test(file)) {
          const display = await data.showFile(file);
          return {
            text: 'It is shown to the user.',
            error: false,
            displays: [display],
            summary: asName(file),
          };
        }
        const name = typeof file === 'string' ? file : table;
        if (typeof name !== 'string') return toolError('Name a table or a file.', 'nothing named');
        const relation = name === file ? quoteText(name) : quoteName(name);
        const results = await sql.query(`SELECT * FROM ${relation}`, {
          limit: ROWS,
          signal: context.signal,
          deadline: DEADLINE,
        });
        const rows = results.reduce(
          (sum, result) => sum + (result.kind === 'rows' ? result.page.total : 0),
          0,
        );
        return {
          text: `It is shown to the user (${quantity(rows, 'row')}).`,
          error: false,
          displays: results.map((result) => sql.display(result)),
          summary: `${asName(name)}: ${quantity(rows, 'row')}`,
        };
      } catch (error) {
        return portError(error);
      }
    },
  };
}
