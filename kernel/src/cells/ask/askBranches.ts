import type { ExplorePort } from '../../agent/ports.js';
import type { Provider, Turn } from '../../agent/types.js';
import { branchesDisplay, branchesText, verdict, type BranchView } from '../../display/branches.js';
import { errorTraceback } from '../../display/errorText.js';
import { randomUUID } from 'node:crypto';
import { runBranches } from './branches.js';
import type { CellContext } from '../context.js';
import { CellFailure, InterruptedCell } from '../errors.js';
import { isTextOnly } from '../isTextOnly.js';
import type { AskResult } from '../runCell.js';
import { type AskOptions, hidesRows, markRowless } from './runQuestion.js';

/** `%%ask --branches N`: the same question N times, each in a worldline of its own, and one comparison. */
export async function askInBranches(
  context: CellContext,
  question: string,
  options: AskOptions,
  times: number,
  providerOf: (at: number) => Promise<Provider>,
): Promise<AskResult> {
  const { run, kernel } = context;
  // Where no model would answer, no worldline is made.
  const providers = await Promise.all(Array.from({ length: times }, (_, at) => providerOf(at)));
  const id = randomUUID();
  const textOnly = isTextOnly(context);
  if (!textOnly) run.display(branchesDisplay([]), id);
  const branches = await runBranches(context, {
    tasks: Array.from({ length: times }, (_, at) => ({ name: `try-${at + 1}`, task: question })),
    options,
    provider: async (_, at) => providers[at] ?? providerOf(at),
    signal: run.signal,
    onChange: (views) => {
      if (!textOnly) run.update(branchesDisplay(views), id);
    },
  });
  if (textOnly) run.display(branchesDisplay(branches));
  else run.update(branchesDisplay(branches), id);
  const turns: Turn[] = [
    { role: 'user', text: question },
    { role: 'assistant', text: `(tried in ${times} branches)\n\n${branchesText(branches)}`, calls: [] },
  ];
  return {
    turns: hidesRows(kernel.settings, options) ? markRowless(turns) : turns,
    asCells: [],
    failure: failureOf(branches, run.signal),
  };
}

function failureOf(branches: readonly BranchView[], signal: AbortSignal): Error | null {
  if (signal.aborted) return new InterruptedCell('All branches were interrupted; what they did is kept.');
  if (!branches.every(({ state }) => state === 'error')) return null;
  const message = branches[0]?.answer ?? '';
  return new CellFailure('BranchesFailed', message, errorTraceback('BranchesFailed', message));
}

/** The `explore` tool of a run: it forks the checkpoint that its steps have come to. */
export function explorePort(
  context: CellContext,
  options: AskOptions,
  providerOf: (task: string, at: number) => Promise<Provider>,
): ExplorePort {
  return {
    async explore(tasks, signal, progress) {
      const branches = await runBranches(context, {
        tasks,
        options,
        provider: ({ task }, at) => providerOf(task, at),
        signal,
        onChange: (views) => {
          progress(views.map(({ name, state, steps }) => `${name}: ${state}, ${steps} steps`).join(' · '));
        },
      });
      return {
        text: branchesText(branches),
        displays: [branchesDisplay(branches)],
        summary: verdict(branches),
      };
    },
  };
}
