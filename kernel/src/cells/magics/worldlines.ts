import { required } from './required.js';
import { bytes } from '../../counts.js';
import type { CellRecord, WorldlineSummary } from '../../contract.js';
import { titleOf } from '../../worldlines/graph/summaries.js';
import type { Moved } from '../../worldlines/session/SessionWorldlines.js';
import type { Orphan } from '../../worldlines/types.js';
import { seeHelp } from '../reading/arguments.js';
import type { CellContext } from '../context.js';
import { UserError } from '../errors.js';
import { DAY } from '../settings/storeLimits.js';
import { compare } from './compare.js';
import { exportTo, importFrom } from './exchange.js';
import { showTree } from './worldlineTree.js';
import type { Magic } from './Magic.js';

const worldlines: Magic = {
  name: 'worldlines',
  usage: '%worldlines [--all] [--gc [--older-than DAYS] [--keep MEGABYTES] [--orphans]]',
  about: 'Draws the tree of worldlines with their heads, cells, times and sizes; --gc cleans up.',
  details:
    '--gc removes deleted worldlines and what nothing refers to, and with a limit the earlier worldlines beyond it. ' +
    'Worldlines of kernels that run are never touched.',
  options: [
    { name: 'all', about: 'show the cells of earlier worldlines as well' },
    { name: 'gc', about: 'clean up' },
    {
      name: 'older-than',
      value: 'DAYS',
      type: 'number',
      about: 'with --gc: drop earlier worldlines not used for so long',
    },
    {
      name: 'keep',
      value: 'MEGABYTES',
      type: 'number',
      about: 'with --gc: drop the oldest until the store is no larger',
    },
    {
      name: 'orphans',
      about: 'with --gc: remove the stores of notebooks that were deleted, or moved and not opened since',
    },
  ],
  words: [],
  most: 0,
  async run({ options }, { kernel, run }) {
    const session = await kernel.session();
    const ofCleanUp = ['older-than', 'keep', 'orphans'].find((name) => options.has(name));
    if (!options.has('gc') && ofCleanUp !== undefined)
      throw new UserError(
        'UsageError',
        `--${ofCleanUp} says what clean-up removes: %worldlines --gc --${ofCleanUp}.`,
        seeHelp('%worldlines'),
      );
    if (!options.has('gc')) {
      run.display(await showTree(session, options.has('all')));
      return;
    }
    const days = options.get('older-than');
    const megabytes = options.get('keep');
    const {
      before,
      after,
      worldlines: dropped,
      notes,
    } = await session.collect({
      ...(typeof days === 'string' ? { maxAge: Number(days) * DAY } : {}),
      ...(typeof megabytes === 'string' ? { maxBytes: Number(megabytes) * 1e6 } : {}),
    });
    run.stream('stdout', `The store had ${bytes(before.total)} and has ${bytes(after.total)}.\n`);
    if (dropped.length > 0) run.stream('stdout', `Dropped: ${dropped.join(', ')}.\n`);
    for (const note of notes) run.stream('stdout', `${note}\n`);
    const orphans = await session.orphans();
    if (options.has('orphans')) await session.removeOrphans(orphans);
    run.stream('stdout', orphansText(orphans, options.has('orphans')));
  },
};

function orphansText(orphans: readonly Orphan[], removed: boolean): string {
  if (orphans.length === 0) return '';
  const lines = orphans.map(
    ({ notebook, bytes: size, lastUsed }) =>
      `  ${notebook}  ${bytes(size)}, last used ${new Date(lastUsed).toISOString().slice(0, 10)}\n`,
  );
  const said = removed
    ? 'Removed with all their worldlines, as the notebooks are no longer there:\n'
    : 'There are stores of notebooks that are no longer there. %worldlines --gc --orphans removes them; a notebook that was moved takes its worldlines along when it is opened:\n';
  return said + lines.join('');
}

const branch: Magic = {
  name: 'branch',
  usage: '%branch NAME [--from CHECKPOINT]',
  about: 'Starts a new worldline at the present checkpoint, or at another one, and goes on in it.',
  details: 'Conversation, tables, files and variables come along; nothing is run again.',
  examples: ['%branch try-weekly', '%branch again --from 3f2a'],
  options: [{ name: 'from', value: 'CHECKPOINT', about: 'the checkpoint or worldline to start at' }],
  words: [],
  most: 1,
  async run({ positional, options }, context) {
    const name = required(positional[0], '%branch', 'a name for the new worldline');
    const from = options.get('from');
    const session = await context.kernel.session();
    const moved = await session.branchOff(name, ...(typeof from === 'string' ? [from] : []));
    await told(context, moved, ({ name: made }) => `Now in the new worldline ${made}.`);
  },
};

const switchTo: Magic = {
  name: 'switch',
  usage: '%switch NAME',
  about: 'Makes another worldline the one in which the next cell runs.',
  options: [],
  words: ['worldline'],
  most: 1,
  async run({ positional }, context) {
    const name = required(positional[0], '%switch', 'the name of a worldline');
    const session = await context.kernel.session();
    await told(context, await session.switch(name), ({ name: there }) => `Now in worldline ${there}.`);
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
  most: 1,
  async run({ positional, options }, context) {
    const [n = '1'] = positional;
    if (!/^[1-9]\d*$/.test(n))
      throw new UserError('UsageError', `%undo takes a number from 1 on, not "${n}".`, seeHelp('%undo'));
    const session = await context.kernel.session();
    const count = Number(n);
    const moved = await session.undo(options.has('step') ? { steps: count } : { cells: count });
    const head = await session.checkpoint(moved.worldline.head);
    const place = placeOf(head);
    await told(context, moved, (line) => `${line.name} is back at ${place}.`);
  },
};

/** Where a worldline is, in words. A step of an agent run has no number of its own. */
function placeOf({ kind, executionCount, source }: CellRecord): string {
  if (kind === 'root') return 'the start';
  if (kind === 'step') return `the step "${titleOf(source)}"`;
  return `cell [${executionCount ?? '?'}]`;
}

const rename: Magic = {
  name: 'rename',
  usage: '%rename NAME NEW',
  about: 'Gives a worldline another name.',
  options: [],
  words: ['worldline', 'own'],
  most: 2,
  async run({ positional }, { kernel, run }) {
    const name = required(positional[0], '%rename', 'the name of a worldline and its new name');
    const next = required(positional[1], '%rename', 'the new name as well');
    const line = await (await kernel.session()).rename(name, next);
    run.stream('stdout', `${name} is now ${line.name}.\n`);
  },
};

const remove: Magic = {
  name: 'delete',
  usage: '%delete NAME',
  about: 'Takes a worldline off the list; %resume brings it back until clean-up.',
  options: [],
  words: ['worldline'],
  most: 1,
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
  details: 'Without a name it takes the one in which the last kernel ended.',
  options: [],
  words: ['worldline'],
  most: 1,
  async run({ positional }, context) {
    const session = await context.kernel.session();
    const name = positional[0] ?? (await lastEarlier(context));
    await told(
      context,
      await session.resume(name),
      ({ name: there }) => `Now in worldline ${there}, as it was.`,
    );
  },
};

const adopt: Magic = {
  name: 'adopt',
  usage: '%adopt NAME',
  about: "Makes another worldline's state and history the active one's.",
  options: [],
  words: ['worldline'],
  most: 1,
  async run({ positional }, context) {
    const name = required(positional[0], '%adopt', 'the name of a worldline');
    const session = await context.kernel.session();
    const moved = await session.adopt(name);
    if (moved === null)
      context.run.stream('stdout', `${name} has the same head: there is nothing to adopt.\n`);
    else await told(context, moved, (line) => `${line.name} is now what ${name} is.`);
  },
};

async function lastEarlier({ kernel }: CellContext): Promise<string> {
  const session = await kernel.session();
  const last = await session.lastEarlier();
  if (last !== null) return last.id;
  if (session.newer !== null) throw session.newer;
  throw new UserError(
    'NotFound',
    'This notebook has no earlier worldlines.',
    '%worldlines lists what there is.',
  );
}

/** Says where the next cell runs, and what could not be brought along. */
async function told(
  { kernel, run }: CellContext,
  { worldline, restored }: Moved,
  text: (line: WorldlineSummary) => string,
): Promise<void> {
  run.stream('stdout', `${text(worldline)}\n`);
  for (const { name, reason } of restored.lost)
    run.stream('stderr', `The variable ${name} could not be carried: ${reason}\n`);
  for (const note of [...restored.notes, ...(await kernel.session()).takeNotes()])
    run.stream('stderr', `${note}\n`);
  await (await kernel.active()).prepare();
  kernel.dataChanged();
  kernel.stateChanged();
}

export const WORLDLINE_MAGICS: readonly Magic[] = [
  worldlines,
  branch,
  switchTo,
  undo,
  rename,
  remove,
  compare,
  adopt,
  resume,
  exportTo,
  importFrom,
];
