import type { Restored } from '../../worldlines/types.js';
import { seeHelp } from '../arguments.js';
import type { CellContext } from '../context.js';
import { UserError } from '../errors.js';
import { showTree } from '../worldlineTree.js';
import type { Magic } from './Magic.js';

const worldlines: Magic = {
  name: 'worldlines',
  usage: '%worldlines',
  about: 'Draws the tree of worldlines with their heads, cells, times and sizes.',
  options: [],
  words: [],
  async run(_, { kernel, run }) {
    run.display(await showTree(await kernel.session()));
  },
};

const branch: Magic = {
  name: 'branch',
  usage: '%branch NAME [--from CHECKPOINT]',
  about: 'Starts a new worldline at the present checkpoint, or at another one, and goes on in it.',
  details: 'Conversation, tables, files and variables come along; nothing is run again.',
  examples: ['%branch try-weekly', '%branch again --from 3f2a'],
  options: [{ name: 'from', value: 'CHECKPOINT', about: 'the checkpoint or worldline to start at' }],
  words: [],
  async run({ positional, options }, context) {
    const name = required(positional[0], '%branch', 'a name for the new worldline');
    const session = await context.kernel.session();
    const from = options.get('from');
    const made = await session.branch(name, ...(typeof from === 'string' ? [from] : []));
    await session.switch(made.id);
    await arrive(context, `Now in the new worldline ${name}.`);
  },
};

const switchTo: Magic = {
  name: 'switch',
  usage: '%switch NAME',
  about: 'Makes another worldline the one in which the next cell runs.',
  options: [],
  words: ['worldline'],
  async run({ positional }, context) {
    const name = required(positional[0], '%switch', 'the name of a worldline');
    const line = await (await context.kernel.session()).switch(name);
    await arrive(context, `Now in worldline ${line.name}.`);
  },
};

const undo: Magic = {
  name: 'undo',
  usage: '%undo [N] [--step]',
  about: 'Takes back the last cell, or the last N: tables, files, variables and conversation.',
  details:
    'A whole agent run counts as one cell; --step takes back one step of it. What was undone stays in the tree.',
  options: [{ name: 'step', about: 'count steps of an agent run' }],
  words: [],
  async run({ positional, options }, context) {
    const [n = '1'] = positional;
    if (!/^[1-9]\d*$/.test(n))
      throw new UserError('UsageError', `%undo takes a number, not "${n}".`, seeHelp('%undo'));
    const session = await context.kernel.session();
    const count = Number(n);
    const { worldline, restored } = await session.undo(
      options.has('step') ? { steps: count } : { cells: count },
    );
    const head = await session.checkpoint(worldline.head);
    const place = head.kind === 'root' ? 'the start' : `cell [${head.executionCount ?? '?'}]`;
    await told(context, restored, `${worldline.name} is back at ${place}.`);
  },
};

const rename: Magic = {
  name: 'rename',
  usage: '%rename NAME NEW',
  about: 'Gives a worldline another name.',
  options: [],
  words: ['worldline'],
  async run({ positional }, { kernel, run }) {
    const name = required(positional[0], '%rename', 'the name of a worldline and its new name');
    const next = required(positional[1], '%rename', 'the new name as well');
    await (await kernel.session()).rename(name, next);
    run.stream('stdout', `${name} is now ${next}.\n`);
  },
};

const remove: Magic = {
  name: 'delete',
  usage: '%delete NAME',
  about: 'Takes a worldline off the list; %resume brings it back until clean-up.',
  options: [],
  words: ['worldline'],
  async run({ positional }, { kernel, run }) {
    const name = required(positional[0], '%delete', 'the name of a worldline');
    const line = await (await kernel.session()).delete(name);
    run.stream('stdout', `Deleted ${line.name}. %resume ${line.name} brings it back.\n`);
  },
};

const resume: Magic = {
  name: 'resume',
  usage: '%resume [NAME]',
  about: 'Goes on with a worldline of an earlier kernel, or with a deleted one, variables included.',
  details: 'Without a name it takes the one that was used last.',
  options: [],
  words: ['worldline'],
  async run({ positional }, context) {
    const session = await context.kernel.session();
    const name = positional[0] ?? (await lastEarlier(context));
    const line = await session.resume(name);
    await arrive(context, `Now in worldline ${line.name}, as it was.`);
  },
};

const adopt: Magic = {
  name: 'adopt',
  usage: '%adopt NAME',
  about: "Makes another worldline's state and history the active one's.",
  options: [],
  words: ['worldline'],
  async run({ positional }, context) {
    const name = required(positional[0], '%adopt', 'the name of a worldline');
    const { worldline, restored } = await (await context.kernel.session()).adopt(name);
    await told(context, restored, `${worldline.name} is now what ${name} is.`);
  },
};

async function lastEarlier({ kernel }: CellContext): Promise<string> {
  const session = await kernel.session();
  const { worldlines: all } = await session.graph(0, 0);
  const earlier = all.filter((line) => line.earlier && !line.deleted).sort((a, b) => b.created - a.created);
  const [last] = earlier;
  if (!last)
    throw new UserError(
      'NotFound',
      'This notebook has no earlier worldlines.',
      '%worldlines lists what there is.',
    );
  return last.id;
}

/** Opens the active worldline and says where we are. */
async function arrive(context: CellContext, text: string): Promise<void> {
  const session = await context.kernel.session();
  const { restored } = await session.open();
  await told(context, restored, text);
}

async function told({ kernel, run }: CellContext, restored: Restored, text: string): Promise<void> {
  run.stream('stdout', `${text}\n`);
  for (const { name, reason } of restored.lost)
    run.stream('stderr', `The variable ${name} could not be carried: ${reason}\n`);
  for (const note of [...restored.notes, ...(await kernel.session()).takeNotes()])
    run.stream('stderr', `${note}\n`);
  await (await kernel.active()).prepare();
  kernel.dataChanged();
  kernel.stateChanged();
}

function required(value: string | undefined, magic: string, what: string): string {
  if (value !== undefined) return value;
  throw new UserError('UsageError', `${magic} needs ${what}.`, seeHelp(magic));
}

export const WORLDLINE_MAGICS: readonly Magic[] = [
  worldlines,
  branch,
  switchTo,
  undo,
  rename,
  remove,
  resume,
  adopt,
];
