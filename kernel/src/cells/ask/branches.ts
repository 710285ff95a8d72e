import { noUsage } from '../../agent/usage.js';
import type { ExploreTask } from '../../agent/ports.js';
import type { AgentOutcome, Provider } from '../../agent/types.js';
import type { BranchView } from '../../display/branches.js';
import type { CellContext } from '../context.js';
import { toOutcome } from '../outcome.js';
import { runInWorldline } from './runInWorldline.js';
import { type AskOptions, hidesRows } from './runQuestion.js';
import { type Forked, forkedFrom, type Workplace } from './Workplace.js';
import { WorldlineError } from '../../worldlines/errors.js';

export interface BranchPlan {
  readonly tasks: readonly ExploreTask[];
  readonly options: AskOptions;
  /** The provider of the task at this place. */
  readonly provider: (task: ExploreTask, at: number) => Promise<Provider>;
  readonly signal: AbortSignal;
  readonly onChange: (branches: readonly BranchView[]) => void;
}

/**
 * Forks the checkpoint that the worldline is on and runs each task in a worldline of its own. One that fails leaves the
 * others alone: its failure is what came of it. Never throws for what a task does.
 */
export async function runBranches(context: CellContext, plan: BranchPlan): Promise<readonly BranchView[]> {
  const { kernel, runtime } = context;
  const session = await kernel.session();
  const views: BranchView[] = [];
  const lines: Workplace['line'][] = [];
  const forked = await forkedFrom(kernel, runtime, hidesRows(kernel.settings, plan.options), plan.signal);
  for (const { name, task } of plan.tasks) {
    const line = await branch(name, (free) => session.branch(free, runtime.place.id));
    lines.push(line);
    views.push({ name: line.name, task, state: 'waiting', answer: '', steps: 0, ...nothing });
  }
  const set = (at: number, change: Partial<BranchView>): void => {
    const view = views[at];
    if (view !== undefined) views[at] = { ...view, ...change };
    plan.onChange([...views]);
  };
  const queue = lines.map((line, at) => async () => {
    const task = plan.tasks[at];
    if (task === undefined) return;
    const began = Date.now();
    set(at, { state: 'running' });
    try {
      set(
        at,
        await runBranch(context, plan, { task, at, line, forked }, (steps) => {
          set(at, { steps });
        }),
      );
    } catch (error) {
      set(at, { state: plan.signal.aborted ? 'interrupted' : 'error', answer: toOutcome(error).message });
    }
    set(at, { milliseconds: Date.now() - began });
  });
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!plan.signal.aborted) await next();
    }
  };
  const atOnce = Number(plan.options.get('at-once') ?? kernel.settings.number('at-once') ?? 1);
  const release = await kernel.sandbox.holdSpare();
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    release();
  }
  return views.map((view) => (view.state === 'waiting' ? { ...view, state: 'interrupted' as const } : view));
}

const nothing = { figures: [], artifacts: [], usage: noUsage, milliseconds: 0 };

/** The name, or with the first number that makes it free. */
async function branch<T>(name: string, make: (name: string) => Promise<T>): Promise<T> {
  const plain =
    name
      .replace(/[\s/\\"']+/g, '-')
      .replace(/^-+/, '')
      .slice(0, 56) || 'branch';
  for (let number = 1; ; number += 1) {
    try {
      return await make(number === 1 ? plain : `${plain}~${number}`);
    } catch (error) {
      if (!(error instanceof WorldlineError) || number === 100) throw error;
    }
  }
}

interface Branch {
  readonly task: ExploreTask;
  readonly at: number;
  readonly line: Workplace['line'];
  readonly forked: Forked;
}

async function runBranch(
  { kernel, request, run }: CellContext,
  plan: BranchPlan,
  { task, at, line, forked }: Branch,
  onSteps: (count: number) => void,
): Promise<Partial<BranchView>> {
  const provider = await plan.provider(task, at);
  const { outcome, steps, answer, artifacts } = await runInWorldline(kernel, {
    line,
    forked,
    task: task.task,
    options: plan.options,
    provider,
    cellId: request.cellId ?? null,
    signal: plan.signal,
    onSteps,
  });
  kernel.usage.add({ cell: run.executionCount, model: provider.model, usage: outcome.usage });
  return {
    state: outcome.state,
    answer,
    figures: figuresOf(outcome, task.task),
    artifacts,
    usage: outcome.usage,
    steps: steps.length,
  };
}

/** What the answer states and the task does not. */
function figuresOf({ grounding }: AgentOutcome, task: string): string[] {
  const texts = grounding?.figures.map(({ text }) => text) ?? [];
  return [...new Set(texts)].filter((text) => !task.includes(text));
}
