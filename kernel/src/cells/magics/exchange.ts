import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { expandHome } from '../expandHome.js';
import { seeHelp } from '../reading/arguments.js';
import { EXPORT_OPTIONS, exportOptions } from '../reports/exportOptions.js';
import type { Magic } from './Magic.js';
import { required } from './required.js';

export const exportTo: Magic = {
  name: 'export',
  usage: '%export NAME FILE [--with-data] [--as-code] [--no-steps]',
  about: 'Writes a worldline as a notebook (.ipynb), or as a report (.html, .md, .pdf).',
  examples: ['%export main analysis.ipynb --with-data', '%export main report.html --no-steps'],
  options: EXPORT_OPTIONS,
  words: ['worldline', 'file'],
  most: 2,
  async run({ positional, options }, { kernel, run }) {
    const name = required(positional[0], '%export', 'the name of a worldline and a file');
    const file = required(positional[1], '%export', 'a file as well');
    const session = await kernel.session();
    const path = resolve(kernel.paths.notebookFolder, expandHome(file));
    const { file: written, data, missing } = await session.export(name, path, exportOptions(options.keys()));
    run.stream('stdout', `Wrote ${written}${data === null ? '' : `, and its data into ${data}`}.\n`);
    if (missing.length > 0) run.stream('stdout', `Not in it: ${missing.join('; ')}.\n`);
  },
};

export const importFrom: Magic = {
  name: 'import',
  usage: '%import FILE [as NAME]',
  about: 'Makes a worldline of a notebook file, with the data that was exported beside it.',
  options: [],
  words: ['file', 'own'],
  most: 3,
  async run({ positional }, { kernel, run }) {
    const file = required(positional[0], '%import', 'a notebook file');
    const [, as, name] = positional;
    if (as !== undefined && (as.toLowerCase() !== 'as' || name === undefined))
      throw new UserError(
        'UsageError',
        'The name goes after "as": %import FILE as NAME.',
        seeHelp('%import'),
      );
    const session = await kernel.session();
    const path = resolve(kernel.paths.notebookFolder, expandHome(file));
    const { worldline, notes } = await session.import(path, name);
    const { name: made } = worldline;
    run.stream('stdout', `${file} is now the worldline ${made}. %switch ${made} goes there.\n`);
    for (const note of notes) run.stream('stderr', `${note}\n`);
  },
};
