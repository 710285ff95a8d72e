import { bytes } from '../../counts.js';
import { cut } from '../../display/format.js';
import { listDisplay } from '../../display/list.js';
import { variablesNow } from '../variablesNow.js';
import type { Magic } from './Magic.js';

export const vars: Magic = {
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
