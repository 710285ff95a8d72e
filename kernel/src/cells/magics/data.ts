import { required } from './required.js';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inside } from '../../database/paths/grants.js';
import type { LoadResult, TableDescription } from '../../database/types.js';
import { artifactDisplays } from '../../display/artifacts.js';
import { bytes, count, cut, duration, plural } from '../../display/format.js';
import { descriptionDisplay } from '../../display/description.js';
import { listDisplay } from '../../display/list.js';
import { firstPageDisplay, tableDisplay } from '../../display/table.js';
import { seeHelp } from '../reading/arguments.js';
import { readAttachment } from '../sql/attachments.js';
import type { CellContext } from '../context.js';
import { UserError } from '../errors.js';
import { expandHome } from '../expandHome.js';
import { isAddress } from '../Grants.js';
import { isSpreadsheet, loadSpreadsheet } from '../sql/spreadsheet.js';
import { audienceOf, ProgressBar } from '../ProgressBar.js';
import { variablesNow } from '../variablesNow.js';
import type { Magic } from './Magic.js';

const tables: Magic = {
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
          table.columns.map((column) => `${column.name} ${column.type}`).join(', '),
        ]),
      ),
    );
  },
};

const describe: Magic = {
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

const vars: Magic = {
  name: 'vars',
  usage: '%vars',
  about: 'Lists the Python variables of the active worldline.',
  options: [],
  words: [],
  most: 0,
  async run(_, { kernel, run }) {
    const { variables, kept } = await variablesNow(kernel);
    if (variables.length === 0) {
      run.stream('stdout', 'There are no Python variables yet.\n');
      return;
    }
    if (kept)
      run.stream('stdout', 'Python does not run yet: these are the variables that it will start with.\n');
    run.display(
      listDisplay(
        [
          { title: 'name' },
          { title: 'type' },
          { title: 'shape' },
          { title: 'size', align: 'right' },
          { title: 'value' },
        ],
        variables.map((variable) => [
          variable.name,
          variable.type,
          variable.shape ?? '',
          variable.bytes === null ? '' : bytes(variable.bytes),
          cut(variable.preview, 60),
        ]),
      ),
    );
  },
};

const artifacts: Magic = {
  name: 'artifacts',
  usage: '%artifacts',
  about: 'Lists the files that cells made in the active worldline, images shown.',
  options: [],
  words: [],
  most: 0,
  async run(_, { runtime, run }) {
    const found = await runtime.artifacts();
    if (found.length === 0) run.stream('stdout', 'No cell has made a file yet.\n');
    for (const display of await artifactDisplays(runtime.workspace, found, 'all')) run.display(display);
  },
};

const load: Magic = {
  name: 'load',
  usage: '%load FILE [as TABLE] [--replace | --append] [--sheet NAME]',
  about: 'Loads a CSV, TSV, JSON, NDJSON, Parquet or Excel file into a table.',
  details: 'Rows that do not parse are counted and shown, never dropped in silence.',
  examples: ['%load sales.csv', '%load "my file.csv" as sales --replace'],
  options: [
    { name: 'replace', about: 'replace the table if it is there' },
    { name: 'append', about: 'add the rows to the table' },
    { name: 'sheet', value: 'NAME', about: 'which sheet of an Excel file; the first that has rows' },
  ],
  words: ['file'],
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

function showLoaded(loaded: LoadResult, run: CellContext['run'], progress: ProgressBar): void {
  const columns = listDisplay(
    [{ title: 'column' }, { title: 'type' }],
    loaded.columns.map((column) => [column.name, column.type]),
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

const attach: Magic = {
  name: 'attach',
  usage: '%attach SOURCE as ALIAS',
  about: 'Attaches a DuckDB or SQLite file, or a Postgres or MySQL database, for reading.',
  examples: ['%attach sales.duckdb as sales', '%attach postgresql://reader@db.example/shop as shop'],
  options: [],
  words: ['file'],
  most: 3,
  async run({ positional }, { runtime, run, kernel }) {
    const [source, as, alias] = positional;
    if (source === undefined || as?.toLowerCase() !== 'as' || alias === undefined) {
      throw new UserError(
        'UsageError',
        '%attach needs a source and a name: %attach sales.duckdb as sales',
        seeHelp('%attach'),
      );
    }
    await runtime.database.attach(await readAttachment(source, alias, kernel.paths.notebookFolder));
    run.stream('stdout', `Attached as ${alias}, read-only. %tables lists its tables as ${alias}.….\n`);
    kernel.dataChanged();
  },
};

const detach: Magic = {
  name: 'detach',
  usage: '%detach ALIAS',
  about: 'Lets go of an attached database.',
  options: [],
  words: ['alias'],
  most: 1,
  async run({ positional }, { runtime, run, kernel }) {
    const alias = required(positional[0], '%detach', 'the name that the database was attached as');
    const { attached } = await runtime.database.catalog();
    if (!attached.includes(alias)) {
      throw new UserError(
        'NotFound',
        `No database is attached as ${alias}.`,
        attached.length === 0 ? '%attach SOURCE as ALIAS attaches one.' : `There is ${attached.join(', ')}.`,
      );
    }
    await runtime.database.detach(alias);
    run.stream('stdout', `Detached ${alias}.\n`);
    kernel.dataChanged();
  },
};

const allow: Magic = {
  name: 'allow',
  usage: '%allow [FOLDER] [--revoke]',
  about:
    'Lets SQL and Python read a folder (or s3://bucket/prefix, by SQL); alone, lists what they may read.',
  details:
    'Hidden entries (.env, .git, …) stay hidden. The folder of the notebook is readable from the start.',
  options: [{ name: 'revoke', about: 'take the folder back' }],
  words: ['folder'],
  most: 1,
  async run({ positional, options }, { kernel, run }) {
    const [named] = positional;
    if (named !== undefined) {
      await kernel.allow(await existingFolder(named, kernel.paths.notebookFolder), options.has('revoke'));
      kernel.dataChanged();
    }
    const readable = kernel.readable();
    const rows = [...readable.folders, ...readable.files, ...(readable.urls ?? [])].map((path) => [path]);
    if (rows.length === 0)
      run.stream('stdout', 'Nothing beside the workspace may be read. %allow FOLDER grants a folder.\n');
    else run.display(listDisplay([{ title: 'SQL and Python may read', whole: true }], rows));
  },
};

async function existingFile(
  named: string,
  words: readonly string[],
  { kernel, runtime }: CellContext,
): Promise<string> {
  const folders = [kernel.paths.notebookFolder, runtime.workspace];
  const found = async (name: string, kind: 'file' | 'folder'): Promise<string | null> => {
    for (const folder of folders) {
      const candidate = resolve(folder, expandHome(name));
      if (await isKind(candidate, kind)) return candidate;
    }
    return null;
  };
  const file = await found(named, 'file');
  if (file !== null) return file;
  const whole = words.join(' ');
  if (words.length > 1 && (await found(whole, 'file')) !== null) {
    throw new UserError(
      'UsageError',
      `There is no file ${named}, but one called ${whole}.`,
      `Put quotes around its name: %load "${whole}"`,
    );
  }
  if (isAddress(named)) {
    throw new UserError(
      'UsageError',
      `%load reads files, and ${named} is an address.`,
      named.startsWith('s3:')
        ? `%allow its prefix, then: %%sql CREATE TABLE t AS FROM '${named}'`
        : 'Save it beside the notebook, and load it from there.',
    );
  }
  const isFolder = (await found(named, 'folder')) !== null;
  if (isFolder || /[*?[]/.test(named)) {
    const pattern = isFolder ? `${named.replace(/\/$/, '')}/*.csv` : named;
    throw new UserError(
      'UsageError',
      `%load reads one file, and ${named} is a ${isFolder ? 'folder' : 'pattern'}.`,
      `All files at once: %%sql CREATE TABLE t AS FROM '${pattern}'`,
    );
  }
  throw new UserError(
    'FileNotFound',
    `There is no file ${named}.`,
    `It was looked for in ${kernel.paths.notebookFolder} and in the workspace.`,
  );
}

async function existingFolder(named: string, from: string): Promise<string> {
  if (isAddress(named)) return named;
  const folder = resolve(from, expandHome(named));
  if (await isKind(folder, 'folder')) return folder;
  throw new UserError(
    'FileNotFound',
    `There is no folder ${folder}.`,
    'A relative path starts at the folder of the notebook.',
  );
}

async function isKind(path: string, kind: 'file' | 'folder'): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return kind === 'file' ? (found?.isFile() ?? false) : (found?.isDirectory() ?? false);
}

export const DATA_MAGICS: readonly Magic[] = [tables, describe, vars, artifacts, load, attach, detach, allow];
