import {
  defaultLimits,
  type AgentConfig,
  type AgentOutcome,
  type RunLimits,
  type Turn,
} from '../agent/types.js';
import { runAgent } from '../agent/loop.js';
import type { Ports } from '../agent/ports.js';
import { agentContext, isTurn } from './agentContext.js';
import { parseLeadingOptions } from './arguments.js';
import { ASK_OPTIONS } from './askOptions.js';
import { approver } from './approval.js';
import type { CellContext } from './context.js';
import { CellFailure, InterruptedCell, UserError } from './errors.js';
import { errorTraceback } from '../display/errorText.js';
import type { Kernel } from './Kernel.js';
import { LiveRun } from './LiveRun.js';
import { askPort } from './ports/askPort.js';
import { dataPort } from './ports/dataPort.js';
import { pythonPort } from './ports/pythonPort.js';
import { sqlPort } from './ports/sqlPort.js';
import { providerOfCell } from './provider.js';
import type { AskResult } from './runCell.js';

export interface AskCell {
  readonly question: string;
  readonly options: ReadonlyMap<string, string | true>;
}

/** Reads `%%ask [options]` with the question on the line or below. Throws a UserError for a wrong option. */
export function readAskCell(rest: string, text: string): AskCell {
  const { options, restAt } = parseLeadingOptions('%%ask', rest, ASK_OPTIONS);
  const question = `${rest.slice(restAt)}\n${text}`.trim();
  if (question === '')
    throw new UserError('UsageError', 'There is no question in this cell.', 'Write it below %%ask.');
  return { question, options };
}

/** Runs an agent on a question. Its turns come back even where it failed, so that the next cell can go on from them. */
export async function runAskCell(context: CellContext, cell: AskCell): Promise<AskResult> {
  const { kernel, run, runtime } = context;
  const asked = Object.fromEntries(
    ['provider', 'model'].flatMap((name) => {
      const value = cell.options.get(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  const session = await kernel.session();
  const position = (await session.cells(session.active.id)).filter(({ kind }) => kind === 'ask').length;
  const provider = await providerOfCell(kernel, { source: cell.question, position }, asked);
  const live = new LiveRun(run, {
    provider,
    cell: run.executionCount,
    textOnly: isTextOnly(context),
    steerable: kernel.frontEnds > 0,
    onChange: (info) => {
      kernel.emit({ kind: 'run', run: info });
    },
  });
  kernel.runs.push(live);
  const ports: Ports = {
    sql: sqlPort(runtime, () => Promise.resolve()),
    python: await pythonPort(runtime, kernel.environment, () => Promise.resolve()),
    data: dataPort(kernel, runtime),
    ask: askPort(context),
    explore: null,
  };
  const turns = (await session.conversation()).filter(isTurn);
  const limits = limitsOf(kernel, cell);
  const noRows = cell.options.has('no-rows') || kernel.settings.boolean('no-rows');
  const start = await agentContext({
    question: cell.question,
    turns,
    ports,
    limits,
    noRows,
    runtime,
    now: new Date(),
  });
  const outcome = await runAgent(
    start,
    configOf(context, cell, limits, turns, live),
    (event) => {
      live.on(event);
    },
    AbortSignal.any([run.signal, live.stopped]),
    provider,
  );
  live.end(outcome);
  kernel.usage.add({ cell: run.executionCount, model: provider.model, usage: outcome.usage });
  kernel.stateChanged();
  return { turns: outcome.turns, asCells: live.cells, failure: failureOf(outcome) };
}

/** A console prints each display once and ignores updates; notebooks send the id of their cell, batch runs take no input. */
function isTextOnly({ request }: CellContext): boolean {
  return request.allowStdin && request.cellId === undefined;
}

function limitsOf({ settings }: Kernel, { options }: AskCell): RunLimits {
  const value = (name: string): number | null => {
    const given = options.get(name);
    return typeof given === 'string' ? Number(given) : (settings.number(name) ?? null);
  };
  const seconds = value('max-seconds');
  return {
    steps: value('max-steps') ?? defaultLimits.steps,
    tokens: value('max-tokens'),
    usd: value('max-usd'),
    time: seconds === null ? defaultLimits.time : seconds * 1000,
  };
}

function configOf(
  context: CellContext,
  cell: AskCell,
  limits: RunLimits,
  turns: readonly Turn[],
  live: LiveRun,
): AgentConfig {
  const given = cell.options.get('approve') ?? context.kernel.settings.get('approve') ?? 'none';
  let handle = lastHandle(turns);
  return {
    limits,
    approval: given === 'writes' || given === 'all' ? given : 'never',
    ...(given === 'none' ? {} : { approve: approver(context, live) }),
    remarks: () => live.takeRemarks(),
    nextHandle: () => `r${++handle}`,
  };
}

/** The highest handle that the conversation has used, so that a new one is never an old one. */
function lastHandle(turns: readonly Turn[]): number {
  const numbers = turns.flatMap((turn) => (turn.role === 'tool' ? [/^\[r(\d+)\]/.exec(turn.text)?.[1]] : []));
  return Math.max(0, ...numbers.map((text) => Number(text ?? 0)));
}

function failureOf({ state, error }: AgentOutcome): Error | null {
  if (state === 'interrupted')
    return new InterruptedCell('The run was interrupted; the conversation goes on from here.');
  if (state !== 'error' || error === undefined) return null;
  const [what = '', ...fix] = error.message.split('\n');
  return new CellFailure(error.name, error.message, errorTraceback(error.name, what, fix.join('\n')));
}
