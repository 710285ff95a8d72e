import { filesWith } from '../../database/csvOptions.js';
import { inside } from '../../database/paths/grants.js';
import type { CsvOptions, LoadResult } from '../../database/types.js';
import { count, plural } from '../../counts.js';
import { cut, duration } from '../../display/format.js';
import { listDisplay } from '../../display/list.js';
import type { CellContext } from '../context.js';
import { UserError } from '../errors.js';
import { audienceOf, ProgressBar } from '../ProgressBar.js';
import { seeHelp, type Arguments } from '../reading/arguments.js';
import { isSpreadsheet, loadSpreadsheet } from '../sql/spreadsheet.js';
import { existingFile } from '../existing.js';
import type { Magic } from './Magic.js';
import { required } from './required.js';

const DATES = ['dmy', 'mdy', 'ymd'] as const;
const DECIMAL = ['comma', 'point'] as const;

/** A file with more columns shows the first of them. */
const SHOWN_COLUMNS = 50;

export const load: Magic = {
  name: 'load',
  usage: '%load FILE [as TABLE] [--replace | --append] [OPTIONS]',
  about: 'Loads a CSV, TSV, JSON, NDJSON, Parquet or Excel file into a table.',
  details: 'Rows that do not parse are counted and shown, never dropped in silence.',
  examples: [
    '%load sales.csv',
    '%load "my file.csv" as sales --replace',
    '%load umsatz.csv --dates dmy --decimal comma',
  ],
  options: [
    { name: 'replace', about: 'replace the table if it is there' },
    { name: 'append', about: 'add the rows to the table' },
    { name: 'sheet', value: 'NAME', about: 'which sheet of an Excel file; the first that has rows' },
    { name: 'header', about: 'the first line of a CSV file has the names of its columns' },
    {
      name: 'dates',
      value: 'ORDER',
      choices: DATES,
      about: 'what comes first in the dates of a CSV or JSON file',
    },
    {
      name: 'decimal',
      value: 'SIGN',
      choices: DECIMAL,
      about: 'what stands before the decimals of a CSV file',
    },
    { name: 'missing', value: 'TEXTS', about: 'what means no value in a CSV file, such as NA,n/a' },
    { name: 'encoding', value: 'NAME', about: 'the encoding of a CSV or JSON file, such as windows-1250' },
  ],
  words: ['file', 'own'],
  most: 3,
  writes: true,
  async run({ positional, options }, context) {
    const [named, as, table] = positional;
    const file = await existingFile(required(named, '%load', 'a file'), positional, context);
    if (as !== undefined && (as.toLowerCase() !== 'as' || table === undefined)) {
      throw new UserError(
        'UsageError',
        `%load does not know what "${as}" is.`,
        `The name of the table follows as: %load ${named ?? ''} as ${table ?? 'TABLE'}`,
      );
    }
    if (options.has('replace') && options.has('append')) {
      throw new UserError('UsageError', '--replace and --append exclude each other.', seeHelp('%load'));
    }
    const sheet = options.has('sheet') ? String(options.get('sheet')) : undefined;
    if (sheet !== undefined && !isSpreadsheet(file)) {
      throw new UserError('UsageError', `${named ?? ''} has no sheets.`, seeHelp('%load'));
    }
    const asked = askedOf(options);
    const [csvOnly] = Object.keys(asked);
    if (csvOnly !== undefined && isSpreadsheet(file)) {
      throw new UserError(
        'UsageError',
        `--${csvOnly} is for ${filesWith(csvOnly)}, and ${named ?? ''} is a spreadsheet.`,
        'Its cells say themselves what they hold.',
      );
    }
    const mode = options.has('replace') ? 'replace' : options.has('append') ? 'append' : 'create';
    const { runtime, run } = context;
    // What lies in the workspace is readable as it is, and a grant would start the sandbox anew.
    if (!inside(runtime.workspace, file)) await context.kernel.grantFiles([file]);
    const progress = new ProgressBar(run, audienceOf(context.request));
    const loadOptions = {
      mode,
      signal: run.signal,
      onProgress: (fraction: number): void => {
        progress.report(fraction);
      },
      ...(table === undefined ? {} : { table }),
      ...asked,
    } as const;
    try {
      const loaded = isSpreadsheet(file)
        ? await loadSpreadsheet(runtime, file, { ...loadOptions, ...(sheet === undefined ? {} : { sheet }) })
        : await runtime.database.load(file, loadOptions);
      showLoaded(loaded, run, progress);
    } finally {
      progress.stop();
    }
    context.kernel.dataChanged();
  },
};

/** How a CSV file is to be read. */
function askedOf(options: Arguments['options']): CsvOptions {
  const dates = DATES.find((order) => order === options.get('dates'));
  const decimal = DECIMAL.find((sign) => sign === options.get('decimal'));
  const missing = options.get('missing');
  const encoding = options.get('encoding');
  return {
    ...(options.has('header') ? { header: true } : {}),
    ...(dates === undefined ? {} : { dates }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(missing === undefined ? {} : { missing: String(missing).split(',') }),
    ...(encoding === undefined ? {} : { encoding: String(encoding) }),
  };
}

function showLoaded(loaded: LoadResult, run: CellContext['run'], progress: ProgressBar): void {
  const left = Math.max(0, loaded.columns.length - SHOWN_COLUMNS);
  const columns = listDisplay(
    [{ title: 'column' }, { title: 'type' }],
    loaded.columns.slice(0, SHOWN_COLUMNS).map((column) => [column.name, column.type]),
    left === 0 ? '' : `${count(left)} more columns: %describe ${loaded.table}`,
  );
  const instead = progress.replace(() => columns);
  run.stream(
    'stdout',
    `Loaded ${plural(loaded.rows, 'row')} into ${loaded.table} (${duration(loaded.milliseconds)}).\n`,
  );
  if (!instead) run.display(columns);
  if (loaded.note !== undefined) run.stream('stdout', `${loaded.note}\n`);
  if (loaded.rejected === 0) return;
  run.stream(
    'stderr',
    `${plural(loaded.rejected, 'row')} would not parse and ${loaded.rejected === 1 ? 'is' : 'are'} not in the table:\n`,
  );
  run.display(
    listDisplay(
      [{ title: 'line', align: 'right' }, { title: 'column' }, { title: 'reason' }, { title: 'text' }],
      loaded.rejects.map((reject) => [
        reject.line === null ? '' : count(reject.line),
        reject.column ?? '',
        reject.reason,
        cut(reject.text, 60),
      ]),
    ),
  );
}
