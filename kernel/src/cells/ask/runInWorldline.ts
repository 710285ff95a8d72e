import type { AgentOutcome, Provider } from '../../agent/types.js';
import type { StepInfo } from '../../contract.js';
import { markAnswer } from '../../display/answer.js';
import { safeMarkdown } from '../../display/safeMarkdown.js';
import { newId } from '../../worldlines/session/commitCell.js';
import type { Kernel } from '../Kernel.js';
import { cellsOf } from './LiveRun.js';
import { approvalOf, type AskOptions, runQuestion } from './runQuestion.js';
import type { Runtime } from '../Runtime.js';
import { type Forked, type StepsOf, type Workplace, workplaceOf, workplaceOnceOpen } from './Workplace.js';

/** A question that an agent answers in a worldline other than the active one, with no person to ask. */
export interface WorldlineTask {
  readonly line: Workplace['line'];
  /** What is known of the worldline that it forks; null: it is looked at once it is open. */
  readonly forked: Forked | null;
  readonly task: string;
  readonly options: AskOptions;
  readonly provider: Provider;
  readonly cellId: string | null;
  readonly signal: AbortSignal;
  /** Told how many steps have begun. */
  readonly onSteps?: (count: number) => void;
}
export interface WorldlineRun {
  readonly outcome: AgentOutcome;
  readonly steps: readonly StepInfo[];
  /** Markdown with what is to be known of its figures; of a failed run, what went wrong. */
  readonly answer: string;
  /** Paths of files that it made or changed. */
  readonly artifacts: readonly string[];
}

/** Runs an agent on a task in a worldline, commits the run there, and lets go of the worldline's processes. */
export async function runInWorldline(kernel: Kernel, task: WorldlineTask): Promise<WorldlineRun> {
  const session = await kernel.session();
  try {
    return await run(kernel, task);
  } finally {
    await session.release(task.line.id);
  }
}

async function run(kernel: Kernel, task: WorldlineTask): Promise<WorldlineRun> {
  const { line, options, provider, cellId } = task;
  const session = await kernel.session();
  const started = Date.now();
  const opening = open(kernel, task);
  const unopened = new AbortController();
  opening.catch(() => {
    unopened.abort();
  });
  const signal = AbortSignal.any([task.signal, unopened.signal]);
  const steps = new Map<string, StepInfo>();
  const checkpoint = newId();
  const place = await workplace(kernel, task, opening, { checkpoint, cellId, signal });
  const outcome = await runQuestion(kernel, place, {
    text: task.task,
    options,
    provider,
    // A person cannot be asked by several runs at once: what needs approval is skipped, as without a person.
    person: { approval: approvalOf(kernel.settings, options) },
    ask: { ask: () => Promise.resolve(null) },
    explore: null,
    signal,
    onEvent: (event) => {
      if (event.type !== 'step') return;
      steps.set(event.step.id, event.step);
      task.onSteps?.(steps.size);
    },
  });
  const { runtime, before } = await opening;
  const answer = outcome.error?.message ?? markAnswer(outcome).text;
  await session.commit(
    {
      id: checkpoint,
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
          data: { 'text/markdown': safeMarkdown(answer), 'text/plain': answer },
          metadata: {},
        },
      ],
      turns: outcome.turns,
      asCells: cellsOf([...steps.values()]),
    },
    line.id,
  );
  runtime.holdWrites(session.ready('database', line.id));
  const artifacts = (await runtime.artifacts()).filter((file) => !before.has(fileKey(file)));
  return { outcome, steps: [...steps.values()], answer, artifacts: artifacts.map(({ path }) => path) };
}

async function workplace(
  kernel: Kernel,
  { line, forked }: WorldlineTask,
  opening: Opening,
  steps: StepsOf,
): Promise<Workplace> {
  if (forked === null) return workplaceOf(kernel, (await opening).runtime, steps);
  return workplaceOnceOpen(
    kernel,
    line,
    opening.then(({ runtime }) => runtime),
    forked,
    steps,
  );
}

/** With the files that are there already. */
type Opening = Promise<{ readonly runtime: Runtime; readonly before: ReadonlySet<string> }>;

/** Opens the worldline while its model thinks, and starts what it will most likely use. */
async function open(kernel: Kernel, { line, forked }: WorldlineTask): Opening {
  const runtime = await kernel.runtime(line.id);
  await runtime.prepare();
  const before = new Set((await runtime.artifacts()).map(fileKey));
  const { tables = [], files = [], variables = [] } = forked?.around ?? {};
  const starts = [
    ...(tables.length > 0 || files.length > 0 ? [runtime.database.start()] : []),
    ...(variables.length > 0 ? [runtime.python().then((python) => python.start())] : []),
  ];
  // What cannot start is told to the step that needs it.
  for (const start of starts) start.catch(() => undefined);
  return { runtime, before };
}

function fileKey({ path, modified }: { readonly path: string; readonly modified: number }): string {
  return `${path} ${modified}`;
}
