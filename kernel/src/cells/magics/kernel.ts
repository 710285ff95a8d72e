import { count } from '../../counts.js';
import { listDisplay } from '../../display/list.js';
import { usageParts } from '../../display/runDisplay.js';
import type { Run } from '../../jupyter/engine.js';
import { unlessAborted } from '../../unlessAborted.js';
import type { CellContext } from '../context.js';
import { doctorReport } from './doctor.js';
import { UserError } from '../errors.js';
import type { Kernel } from '../Kernel.js';
import { SETTINGS, specOf, type SettingSpec } from '../settings/settingSpecs.js';
import { isSettingOfIPython } from './ipython.js';
import type { Magic } from './Magic.js';

const config: Magic = {
  name: 'config',
  usage: '%config [NAME [VALUE]] [--save | --unset]',
  about: 'Shows the settings, or sets one for this kernel; --save keeps what was set for later kernels.',
  details: 'Keys are never settings: they come from the environment or from a .env file.',
  examples: ['%config model gpt-5', '%config approve writes --save'],
  options: [
    { name: 'save', about: 'keep what was set for later kernels' },
    { name: 'unset', about: 'go back to the default' },
  ],
  words: ['setting', 'value', 'own'],
  most: Infinity,
  async run({ positional, options }, { kernel, run }) {
    const [name, ...rest] = assignment(positional);
    if (name !== undefined && isSettingOfIPython(name))
      throw new UserError(
        'UsageError',
        `${name} is a setting of IPython, for Python cells.`,
        'Write %%python on the line above it; %config lists the settings of this kernel.',
      );
    const { settings } = kernel;
    if (name !== undefined && options.has('unset')) settings.unset(name);
    else if (name !== undefined && rest.length > 0) settings.set(name, rest.join(' '));
    if (options.has('save')) run.stream('stdout', `Saved to ${await settings.save()}.\n`);
    else if (name !== undefined && (rest.length > 0 || options.has('unset'))) {
      run.stream('stdout', `${name} is now ${settings.get(name) ?? 'not set'}.\n`);
    } else showSettings({ kernel, run }, name);
    kernel.settingsChanged();
  },
};

/** `name=value` and `name = value` are what other tools take. */
function assignment(words: readonly string[]): readonly string[] {
  const parts = /^([^\s=]+)\s*=\s*(.*)$/s.exec(words.join(' '));
  return parts === null ? words : [parts[1] ?? '', parts[2] ?? ''];
}

/** All of them in a list; one alone with all that there is to say of it. */
function showSettings({ kernel, run }: Pick<CellContext, 'kernel' | 'run'>, name: string | undefined): void {
  const { settings } = kernel;
  const state = ({ name: of }: SettingSpec): string[] => [of, settings.get(of) ?? '–', settings.source(of)];
  const columns = [{ title: 'setting' }, { title: 'value' }, { title: 'from' }];
  if (name === undefined) {
    const rows = SETTINGS.map((spec) => [...state(spec), meaning(spec)]);
    run.display(listDisplay([...columns, { title: 'what it is' }], rows));
  } else {
    const spec = specOf(name);
    run.display(listDisplay(columns, [state(spec)], meaning(spec)));
  }
}

function meaning({ about, choices }: SettingSpec): string {
  return choices ? `${about} (${choices.join(', ')})` : about;
}

const setDefault: Magic = {
  name: 'default',
  usage: '%default [ask | sql | python]',
  about: 'Says what a cell without %% is.',
  options: [],
  words: ['kind'],
  most: 1,
  run({ positional }, { kernel, run }) {
    const [kind] = positional;
    if (kind !== undefined) {
      kernel.settings.set('default', kind);
      kernel.settingsChanged();
    }
    run.stream('stdout', `A cell without %% is now ${kernel.defaultKind}.\n`);
    return Promise.resolve();
  },
};

const usage: Magic = {
  name: 'usage',
  usage: '%usage',
  about: 'Shows the tokens and the cost of the agent runs of this kernel.',
  options: [],
  words: [],
  most: 0,
  run(_, { kernel, run }) {
    const { runs, total } = kernel.usage;
    if (runs.length === 0) {
      run.stream('stdout', 'No agent has run in this kernel yet.\n');
      return Promise.resolve();
    }
    run.display(
      listDisplay(
        [
          { title: 'cell', align: 'right' },
          { title: 'model' },
          { title: 'in', align: 'right' },
          { title: 'cached', align: 'right' },
          { title: 'out', align: 'right' },
          { title: 'reasoning', align: 'right' },
          { title: 'cost', align: 'right' },
        ],
        runs.map(({ cell, model, usage: used }) => [
          `[${cell}]`,
          model,
          count(used.inputTokens),
          count(used.cachedTokens),
          count(used.outputTokens),
          count(used.reasoningTokens),
          used.cost === null ? '–' : `$${used.cost.toFixed(4)}`,
        ]),
        `in all ${usageParts(total).join(', ') || 'no tokens'}`,
      ),
    );
    return Promise.resolve();
  },
};

const steps: Magic = {
  name: 'steps',
  usage: '%steps [RUN] [--raw | --as-cells]',
  about: 'Shows the steps of the last agent run, or of the run of cell RUN.',
  details:
    '--raw shows just what the model was sent and what it answered; --as-cells gives the steps as ordinary cells.',
  options: [
    { name: 'raw', about: 'what the model was sent and what it answered' },
    { name: 'as-cells', about: 'the steps as %%sql and %%python cells' },
  ],
  words: ['run'],
  most: 1,
  run({ positional, options }, { kernel, run }) {
    const record = kernel.findRun(positional[0]);
    if (!record) {
      const which =
        positional[0] === undefined
          ? 'No agent has run in this kernel yet.'
          : `Cell ${positional[0]} was no agent run.`;
      throw new UserError('NotFound', which, '%usage lists the runs.');
    }
    if (options.has('as-cells')) {
      const [first, ...others] = record.cells;
      if (first === undefined) run.stream('stdout', 'That run had no steps.\n');
      // One input is one cell.
      else if (others.length === 0) run.nextInput(first);
      for (const cell of record.cells) run.stream('stdout', `${cell}\n\n`);
    } else if (options.has('raw')) {
      for (const turn of record.raw()) run.stream('stdout', `${JSON.stringify(turn, null, 2)}\n`);
    } else {
      run.display(record.display());
    }
    return Promise.resolve();
  },
};

async function clean(kernel: Kernel, run: Run): Promise<void> {
  const removed = await (await kernel.sandbox.manager()).removeOrphans();
  run.stream(
    'stdout',
    removed.length === 0 ? 'There was nothing to clean.\n' : `Removed ${removed.join(', ')}.\n`,
  );
}

const doctor: Magic = {
  name: 'doctor',
  usage: '%doctor [--clean]',
  about: 'Checks what the kernel needs, and says how to mend what is missing.',
  options: [{ name: 'clean', about: 'remove containers whose kernel is gone' }],
  words: [],
  most: 0,
  async run({ options }, { kernel, run }) {
    try {
      if (options.has('clean')) await unlessAborted(clean(kernel, run), run.signal);
    } finally {
      run.display(await unlessAborted(doctorReport(kernel), run.signal));
    }
  },
};

export const KERNEL_MAGICS: readonly Magic[] = [config, setDefault, usage, steps, doctor];
