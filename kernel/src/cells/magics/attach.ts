import { UserError } from '../errors.js';
import { seeHelp } from '../reading/arguments.js';
import { readAttachment } from '../sql/attachments.js';
import type { Magic } from './Magic.js';
import { required } from './required.js';

export const attach: Magic = {
  name: 'attach',
  usage: '%attach SOURCE as ALIAS',
  about: 'Attaches a DuckDB or SQLite file, or a Postgres or MySQL database, for reading.',
  examples: ['%attach sales.duckdb as sales', '%attach postgresql://reader@db.example/shop as shop'],
  options: [],
  words: ['file', 'own'],
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
    run.stream(
      'stdout',
      `Attached as ${alias}, read-only. Its tables are ${alias}.NAME: %tables lists them.\n`,
    );
    kernel.dataChanged();
  },
};

export const detach: Magic = {
  name: 'detach',
  usage: '%detach ALIAS',
  about: 'Lets go of an attached database.',
  options: [],
  words: ['alias'],
  most: 1,
  async run({ positional }, { runtime, run, kernel }) {
    const alias = required(positional[0], '%detach', 'the name that the database was attached as');
    const { attached } = runtime.database;
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
