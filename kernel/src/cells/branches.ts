import { noUsage } from '../agent/usage.js';
import type { ExploreTask } from '../agent/ports.js';
import type { AgentOutcome, Provider } from '../agent/types.js';
import { markAnswer } from '../display/answer.js';
import type { BranchView } from '../display/branches.js';
import type { CellContext } from './context.js';
import { cellsOf } from './LiveRun.js';
import { toOutcome } from './outcome.js';
import { type AskOptions, runQuestion } from './runQuestion.js';
import { WorldlineError } from '../worldlines/errors.js';
import type { StepInfo } from '../contract.js';

/** Runs at the same time. */
const AT_ONCE = 3;

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
  const lines: string[] = [];
  for (const { name, task } of plan.tasks) {
    const line = await branch(name, (free) => session.branch(free, runtime.place.id));
    lines.push(line.id);
    views.push({ name: line.name, task, state: 'waiting', answer: '', steps: 0, ...nothing });
  }
  const set = (at: number, change: Partial<BranchView>): void => {
    const view = views[at];
    if (view !== undefined) views[at] = { ...view, ...change };
    plan.onChange([...views]);
  };
  const queue = plan.tasks.map((task, at) => async () => {
    const began = Date.now();
    set(at, { state: 'running' });
    try {
      set(
        at,
        await runBranch(context, plan, task, at, lines[at] ?? '', (steps) => {
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
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
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

async function runBranch(
  { kernel, request, run }: CellContext,
  plan: BranchPlan,
  task: ExploreTask,
  at: number,
  line: string,
  onSteps: (count: number) => void,
): Promise<Partial<BranchView>> {
  const session = await kernel.session();
  const started = Date.now();
  const provider = await plan.provider(task, at);
  const runtime = await kernel.runtime(line);
  await runtime.prepare();
  const before = new Set((await runtime.artifacts()).map(fileKey));
  const steps = new Map<string, StepInfo>();
  const outcome = await runQuestion(kernel, runtime, {
    text: task.task,
    options: plan.options,
    provider,
    // A person cannot be asked by several runs at once: what needs approval is skipped, as without a person.
    person: { approval: approvalOf(kernel.settings.get('approve'), plan.options) },
    ask: { otherwise: 'assume', ask: () => Promise.resolve(null) },
    explore: null,
    cellId: request.cellId ?? null,
    signal: plan.signal,
    onEvent: (event) => {
      if (event.type !== 'step') return;
      steps.set(event.step.id, event.step);
      onSteps(steps.size);
    },
  });
  kernel.usage.add({ cell: run.executionCount, model: provider.model, usage: outcome.usage });
  const answer = outcome.error?.message ?? markAnswer(outcome).text;
  await session.commit(
    {
      kind: 'ask',
      source: `%%ask\n${task.task}`,
      status: outcome.state === 'error' ? 'error' : outcome.state === 'interrupted' ? 'interrupted' : 'ok',
      started,
      ended: Date.now(),
      executionCount: null,
      cellId: null,
      outputs: [
        {
          output_type: 'display_data',
          data: { 'text/markdown': answer, 'text/plain': answer },
          metadata: {},
        },
      ],
      turns: outcome.turns,
      asCells: cellsOf([...steps.values()]),
    },
    line,
  );
  runtime.holdWrites(session.ready('database', line));
  const artifacts = (await runtime.artifacts()).filter((file) => !before.has(fileKey(file)));
  return {
    state: outcome.state,
    answer,
    figures: figuresOf(outcome),
    artifacts: artifacts.map(({ path }) => path),
    usage: outcome.usage,
    steps: steps.size,
  };
}

function fileKey({ path, modified }: { readonly path: string; readonly modified: number }): string {
  return `${path} ${modified}`;
}

function figuresOf({ grounding }: AgentOutcome): string[] {
  const found = grounding?.figures.filter(({ source }) => source === 'result') ?? [];
  return [...new Set(found.map(({ text }) => text))];
}

export function approvalOf(setting: string | undefined, options: AskOptions): 'never' | 'writes' | 'all' {
  const given = options.get('approve') ?? setting ?? 'none';
  return given === 'writes' || given === 'all' ? given : 'never';
}
