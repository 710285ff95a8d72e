import { artifactDisplays } from '../../display/artifacts.js';
import type { Magic } from './Magic.js';

export const artifacts: Magic = {
  name: 'artifacts',
  usage: '%artifacts',
  about: 'Lists the files that cells made in the active worldline, images shown.',
  options: [],
  words: [],
  most: 0,
  async run(_, { runtime, run }) {
    const found = await runtime.artifacts();
    if (found.length === 0) run.stream('stdout', 'No cell has made a file yet.\n');
    const displays = await artifactDisplays(runtime.workspace, found, {
      listing: 'all',
    });
    for (const display of displays) run.display(display);
  },
};
