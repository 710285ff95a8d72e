import { createHash } from 'node:crypto';
import { Kernel } from '../../kernel/src/cells/Kernel.js';
import { toOutcome } from '../../kernel/src/cells/outcome.js';
import { providerOfCell } from '../../kernel/src/cells/ask/provider.js';
import { runInWorldline } from '../../kernel/src/cells/ask/runInWorldline.js';
import type { AskOptions } from '../../kernel/src/cells/ask/runQuestion.js';
import { promptOf, type Question, QuestionsError } from './questions.js';
import type { Result } from './results.js';
import { answersIn, judge } from './score.js';

/** Runs that may fail one after the other before it is the model's server that fails. */
const FAILURES = 3;
/** Characters of a step's code that a result keeps. */
const CODE = 4000;

export interface AskAll {
  readonly questions: readonly Question[];
  readonly environment: NodeJS.ProcessEnv;
  /** The folder of the tables: the only one that the model's code can read. */
  readonly tables: string;
  /** Results of an earlier run by question. */
  readonly known: ReadonlyMap<string, Result>;
  readonly atOnce: number;
  /** Options of `%%ask`: `provider`, `model`, `max-steps` and the like. */
  readonly options: AskOptions;
  readonly signal: AbortSignal;
  /** Told as each question ends, one at a time. */
  readonly onResult: (result: Result) => Promise<void>;
}

/**
 * Asks every question that has no good result yet, each in a worldline of its own. Throws QuestionsError where the known
 * results are of another model, or where the model keeps failing.
 */
export async function askAll(plan: AskAll): Promise<void> {
  const kernel = new Kernel(plan.environment, plan.tables);
  const stop = new AbortController();
  const signal = AbortSignal.any([plan.signal, stop.signal]);
  const due = plan.questions.filter((question) => !isAnswered(question, plan.known));
  let failures = 0;
  let telling = Promise.resolve();
  const tell = async (result: Result): Promise<void> => {
    failures = result.state === 'error' ? failures + 1 : 0;
    telling = telling.then(() => plan.onResult(result));
    await telling;
    if (failures === FAILURES)
      throw new QuestionsError(
        `${FAILURES} runs failed one after the other, the last with: ${result.answer}`,
      );
  };
  const worker = async (): Promise<void> => {
    for (let question = due.shift(); question !== undefined && !signal.aborted; question = due.shift()) {
      const result = await ask(kernel, plan, question, signal);
      if (result !== null) await tell(result);
    }
  };
  try {
    const ends = await Promise.allSettled(
      Array.from({ length: plan.atOnce }, () =>
        worker().catch((error: unknown) => {
          stop.abort();
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await kernel.close();
  }
}

/** A run that failed is tried again; so is a question that was changed since. */
function isAnswered(question: Question, known: AskAll['known']): boolean {
  const result = known.get(question.id);
  return result !== undefined && result.state !== 'error' && result.asked === hashOf(question);
}

/** Null where it was interrupted: it will be asked again. */
async function ask(
  kernel: Kernel,
  { questions, options, known }: AskAll,
  question: Question,
  signal: AbortSignal,
): Promise<Result | null> {
  const task = promptOf(question);
  const session = await kernel.session();
  const wish = Object.fromEntries([...options].filter(([name]) => name === 'provider' || name === 'model'));
  const position = questions.indexOf(question);
  const provider = await providerOfCell(kernel, { source: task, position }, wish).catch((error: unknown) => {
    throw new QuestionsError(toOutcome(error).message);
  });
  const other = [...known.values()].find(({ model }) => model !== provider.model);
  if (other !== undefined)
    throw new QuestionsError(
      `The results there are of ${other.model}, and ${provider.model} is asked now. Name another folder with --out.`,
    );
  const began = Date.now();
  const line = await session.branch(`question-${position + 1}`);
  const { outcome, steps } = await runInWorldline(kernel, {
    ...{ line, task, options, provider, signal, forked: null },
    cellId: null,
  });
  if (outcome.state === 'interrupted') return null;
  const given = answersIn(outcome.answer);
  const { expected } = question;
  return {
    id: question.id,
    asked: hashOf(question),
    provider: provider.name,
    model: provider.model,
    state: outcome.state,
    answer: outcome.error?.message ?? outcome.answer,
    given: Object.fromEntries(given),
    expected: expected === null ? null : Object.fromEntries(expected),
    right: expected === null ? {} : Object.fromEntries(judge(given, expected)),
    unchecked: outcome.grounding?.unmatched ?? 0,
    usage: outcome.usage,
    milliseconds: Date.now() - began,
    steps: steps.map(({ tool, state, code }) => ({ tool, state, code: code.slice(0, CODE) })),
  };
}

function hashOf(question: Question): string {
  const told = JSON.stringify([promptOf(question), [...(question.expected ?? [])]]);
  return createHash('sha256').update(told).digest('hex').slice(0, 16);
}
