import { listDisplay } from '../../display/list.js';
import type { Magic } from './Magic.js';

export const allow: Magic = {
  name: 'allow',
  usage: '%allow [FOLDER] [--revoke]',
  about:
    'Lets SQL and Python read a folder (or s3://bucket/prefix, by SQL); alone, lists what they may read.',
  details:
    'Hidden entries (.env, .git, …) stay hidden. The folder of the notebook is readable from the start.',
  options: [{ name: 'revoke', about: 'take the folder back, or a file that a cell has named' }],
  words: ['folder'],
  most: 1,
  async run({ positional, options }, { kernel, run }) {
    const [named] = positional;
    if (named !== undefined) {
      await kernel.allow(named, options.has('revoke'));
      kernel.dataChanged();
    }
    const readable = kernel.readable();
    const rows = [...readable.folders, ...readable.files, ...(readable.urls ?? [])].map((path) => [path]);
    if (rows.length === 0)
      run.stream('stdout', 'Nothing beside the workspace may be read. %allow FOLDER grants a folder.\n');
    else run.display(listDisplay([{ title: 'SQL and Python may read', whole: true }], rows));
  },
};
