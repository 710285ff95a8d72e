import type { AgentOutcome, Provider } from '../agent/types.js';
import type { StepInfo } from '../contract.js';
import { markAnswer } from '../display/answer.js';
import { safeMarkdown } from '../display/safeMarkdown.js';
import { newId } from '../worldlines/session/commitCell.js';
import type { Kernel } from './Kernel.js';
import { cellsOf } from './LiveRun.js';
import { approvalOf, type AskOptions, runQuestion } from './runQuestion.js';

/** A question that an agent answers in a worldline other than the active one, with no person to ask. */
export interface WorldlineTask {
  /** Id of the worldline. */
  readonly line: string;
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
    await session.release(task.line);
  }
}

async function run(kernel: Kernel, task: WorldlineTask): Promise<WorldlineRun> {
  const { line, options, provider, cellId, signal } = task;
  const session = await kernel.session();
  const started = Date.now();
  const runtime = await kernel.runtime(line);
  await runtime.prepare();
  const before = new Set((await runtime.artifacts()).map(fileKey));
  const steps = new Map<string, StepInfo>();
  const checkpoint = newId();
  const outcome = await runQuestion(kernel, runtime, {
    text: task.task,
    checkpoint,
    options,
    provider,
    // A person cannot be asked by several runs at once: what needs approval is skipped, as without a person.
    person: { approval: approvalOf(kernel, options) },
    ask: { otherwise: 'assume', ask: () => Promise.resolve(null) },
    explore: null,
    cellId,
    signal,
    onEvent: (event) => {
      if (event.type !== 'step') return;
      steps.set(event.step.id, event.step);
      task.onSteps?.(steps.size);
    },
  });
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
    line,
  );
  runtime.holdWrites(session.ready('database', line));
  const artifacts = (await runtime.artifacts()).filter((file) => !before.has(fileKey(file)));
  return { outcome, steps: [...steps.values()], answer, artifacts: artifacts.map(({ path }) => path) };
}

function fileKey({ path, modified }: { readonly path: string; readonly modified: number }): string {
  return `${path} ${modified}`;
}
