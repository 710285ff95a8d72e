import { expect, test } from '@jest/globals';
import { withKernel } from '../integration/withKernel.js';

test('variables that could not be saved are told of in the very next cell, with the cell that left them, and %undo mends it', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(
      '%%python\nimport os\nos.register_at_fork(after_in_child=lambda: os._exit(1))\nclass Own: pass\nown = Own()',
    );
    expect((await kernel.execute('%%python\nlater = Own()')).stderr).toBe(
      'Cell [1]: The variables could not be saved, and the checkpoint has those of the one before: the process that wrote them ended before it was done. Where later cells say so too, %undo starts Python anew, with the variables that were saved.\n',
    );
    expect((await kernel.execute('%undo')).status).toBe('ok');
    await kernel.execute('%%python\nclass Own: pass\nown = Own()');
    expect((await kernel.execute('%%python\nown.x = 1')).stderr).toBe('');
  }));
