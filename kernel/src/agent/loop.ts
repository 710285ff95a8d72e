import { answerNotes } from './grounding/answerNotes.js';
import { Budget } from './budget.js';
import { questionOf } from './conversation/context.js';
import { earlierEvidence, groundAnswer } from './grounding/grounding.js';
import { languageOf } from './grounding/language.js';
import { limitText, type Limit } from './limit.js';
import { messageOf } from '../messageOf.js';
import { runStep } from './step.js';
import { streamTurn, type ModelTurn } from './turn.js';
import type {
  AgentConfig,
  AgentContext,
  AgentEvent,
  AgentOutcome,
  AssistantTurn,
  Evidence,
  Provider,
  ToolCall,
  ToolTurn,
  Turn,
} from './types.js';

/** Failures of one and the same call before the run ends. */
const SAME_FAILURES = 3;
/** Turns that say nothing at all before the run ends. */
const EMPTY_TURNS = 2;
/** Milliseconds for the last turn, once the wall clock has stopped the run. */
const LAST_TURN = 60_000;

/** One run: what it was given, and how far it has come. `turns` is at every moment one that a next request may follow. */
interface Run {
  readonly context: AgentContext;
  readonly config: AgentConfig;
  readonly emit: (event: AgentEvent) => void;
  /** Aborts as a person interrupts the run. */
  readonly signal: AbortSignal;
  readonly provider: Provider;
  readonly turns: Turn[];
  readonly budget: Budget;
  readonly evidence: Map<string, Evidence>;
  readonly steps: string[];
  readonly failures: Map<string, number>;
  empty: number;
  /** What a step ended the run with. */
  end: Ending | null;
}
type Ending =
  | { readonly kind: 'finish'; readonly answer: string; readonly evidence: readonly string[] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'same-failure'; readonly message: string };

/**
 * Runs an agent until it answers, meets a limit, fails or is interrupted. Never throws: every end is an outcome, whose
 * turns may be followed by another request.
 */
export async function runAgent(
  context: AgentContext,
  config: AgentConfig,
  emit: (event: AgentEvent) => void,
  signal: AbortSignal,
  provider: Provider,
): Promise<AgentOutcome> {
  const run: Run = {
    ...{ context, config, emit, signal, provider },
    turns: [{ role: 'user', text: context.request }],
    budget: new Budget(config.limits, config.now ?? Date.now),
    evidence: new Map(),
    steps: [],
    failures: new Map(),
    empty: 0,
    end: null,
  };
  try {
    return await go(run);
  } catch (error) {
    return signal.aborted ? interrupted(run, '') : failed(run, error);
  }
}

async function go(run: Run): Promise<AgentOutcome> {
  const { config, emit, signal } = run;
  const clock = run.budget.startClock();
  const bounded = clock === null ? signal : AbortSignal.any([signal, clock]);
  for (let number = 1; ; number += 1) {
    const limit = run.budget.met();
    if (limit !== null) return lastTurn(run, number, limit);
    for (const remark of config.remarks?.() ?? []) {
      run.turns.push({ role: 'user', text: `While you work, the user says: ${remark}` });
      emit({ type: 'note', text: `Taken up: ${remark}` });
    }
    emit({ type: 'turn-began', turn: number });
    const reply = await streamTurn(run, 'auto', bounded);
    if (reply.kind === 'spent') {
      if (signal.aborted) return interrupted(run, reply.partial);
      if (clock?.aborted === true) continue;
      return failed(run, reply.error, reply.partial);
    }
    spend(run, reply);
    if (reply.turn.calls.length > 0) {
      run.turns.push(reply.turn);
      await runCalls(run, reply, bounded);
      if (run.end !== null) return ended(run, run.end);
      if (signal.aborted) return interrupted(run, '');
      continue;
    }
    if (reply.turn.text.trim() === '') {
      if (++run.empty > EMPTY_TURNS)
        return failed(
          run,
          new Error(
            `${run.provider.model} answered nothing. Run the cell again, or choose another model with --model.`,
          ),
        );
      run.turns.push({
        role: 'user',
        text: 'Your last message was empty. Go on, or call finish with your answer.',
      });
      continue;
    }
    run.turns.push(reply.turn);
    const cut = reply.stop === 'length';
    return answered(run, reply.turn.text, [...run.evidence.keys()], cut ? { kind: 'output' } : null);
  }
}

/** Runs the calls of a turn one after the other, so that each gets exactly one result. */
async function runCalls(run: Run, reply: ModelTurn, bounded: AbortSignal): Promise<void> {
  const { context, config, emit } = run;
  const { calls } = reply.turn;
  for (const call of calls) {
    const reason = whyNot(run);
    if (reason !== null) {
      run.turns.push(toolTurn(call, `Not run: ${reason}.`, true));
      continue;
    }
    run.budget.step();
    const request = { call, tools: context.tools, cut: reply.stop === 'length', siblings: calls.length - 1 };
    const { id, result, stopped, evidence } = await runStep(request, config, emit, bounded);
    run.steps.push(id);
    run.turns.push({
      ...toolTurn(call, `[${id}] ${result.text}`, result.error),
      images: run.provider.images ? (result.images ?? []) : [],
    });
    if (evidence !== null) run.evidence.set(id, evidence);
    if (stopped) run.end = { kind: 'stopped' };
    else if (result.finish !== undefined) run.end = { kind: 'finish', ...result.finish };
    else if (result.error) countFailure(run, call, result.text);
  }
}

function whyNot(run: Run): string | null {
  if (run.signal.aborted) return 'the user interrupted the run';
  if (run.end?.kind === 'stopped') return 'the user stopped the run';
  if (run.end !== null) return 'the run has ended';
  const limit = run.budget.met();
  return limit === null ? null : `${limitText(limit)} is reached`;
}

function countFailure(run: Run, call: ToolCall, text: string): void {
  const key = `${call.name} ${call.arguments}`;
  const count = (run.failures.get(key) ?? 0) + 1;
  run.failures.set(key, count);
  if (count < SAME_FAILURES) return;
  run.end = {
    kind: 'same-failure',
    message: `The model made the same failing call ${SAME_FAILURES} times (${call.name}), so the run was stopped. The last error: ${text.slice(0, 300)}`,
  };
}

/** At a limit: one more turn, without tools. */
async function lastTurn(run: Run, number: number, limit: Limit): Promise<AgentOutcome> {
  const { emit, signal } = run;
  emit({
    type: 'note',
    text: `The run met ${limitText(limit)}: the model is asked for an answer from what it has.`,
  });
  emit({ type: 'turn-began', turn: number });
  run.turns.push({
    role: 'user',
    text: `You have reached ${limitText(limit)}. No tool can be called any more. Answer now, in plain Markdown, from the results so far, and say what is still missing.`,
  });
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(LAST_TURN)]);
  const reply = await streamTurn(run, 'none', bounded);
  if (reply.kind === 'spent') {
    if (signal.aborted) return interrupted(run, reply.partial);
    return failed(run, reply.error, reply.partial);
  }
  spend(run, reply);
  const { noAnswer } = answerNotes[languageOf(questionOf(run.context.request))];
  const text = reply.turn.text.trim() === '' ? noAnswer : reply.turn.text;
  run.turns.push({ role: 'assistant', text, calls: [] });
  return answered(run, text, null, limit);
}

function spend(run: Run, { usage }: ModelTurn): void {
  const { name, model } = run.provider;
  run.budget.spend(
    usage.cost === null ? { ...usage, cost: run.config.price?.(name, model, usage) ?? null } : usage,
  );
  run.emit({ type: 'usage', usage: run.budget.usage });
}

function ended(run: Run, end: Ending): AgentOutcome {
  switch (end.kind) {
    case 'finish':
      // One that names none may rest on any result of the run, as one in plain text does.
      return answered(
        run,
        end.answer,
        end.evidence.length === 0 ? [...run.evidence.keys()] : end.evidence,
        null,
      );
    case 'stopped':
      return interrupted(run, '');
    case 'same-failure':
      return failed(run, Object.assign(new Error(end.message), { name: 'RepeatedFailure' }));
  }
}

/** `evidence` is null where the model named none: then every result may be meant. */
function answered(
  run: Run,
  answer: string,
  evidence: readonly string[] | null,
  limit: Limit | null,
): AgentOutcome {
  const { context } = run;
  const results = new Map([...earlierEvidence(context.turns), ...run.evidence]);
  const said = [
    context.request,
    ...context.turns.filter(({ role }) => role === 'user').map(({ text }) => text),
  ];
  const language = languageOf(answer, questionOf(context.request));
  const partial = limit === null ? '' : `> ${answerNotes[language].partial(limit)}\n\n`;
  const own = [...run.evidence.keys()];
  const grounding = groundAnswer(answer, evidence ?? [...results.keys()], results, said, own);
  const shift = partial.length;
  const figures = grounding.figures.map((figure) => ({
    ...figure,
    start: figure.start + shift,
    end: figure.end + shift,
  }));
  return {
    state: limit === null ? 'done' : 'partial',
    answer: partial + answer,
    turns: run.turns,
    usage: run.budget.usage,
    steps: run.steps,
    grounding: { ...grounding, figures },
    language,
  };
}

/** A model turn that was cut off stays as text, so that the conversation is not left with a question alone. */
function interrupted(run: Run, partial: string): AgentOutcome {
  const text =
    partial.trim() === '' ? '(interrupted by the user)' : `${partial}\n\n(interrupted by the user)`;
  const turn: AssistantTurn = { role: 'assistant', text, calls: [] };
  return {
    state: 'interrupted',
    answer: partial,
    turns: [...run.turns, turn],
    usage: run.budget.usage,
    steps: run.steps,
  };
}

function failed(run: Run, error: unknown, partial = ''): AgentOutcome {
  const message = messageOf(error);
  const named = (error as { name?: unknown } | null)?.name;
  const turn: AssistantTurn = {
    role: 'assistant',
    text: `${partial}\n\n(the run failed: ${message})`.trim(),
    calls: [],
  };
  return {
    state: 'error',
    answer: partial,
    turns: [...run.turns, turn],
    usage: run.budget.usage,
    steps: run.steps,
    error: { name: typeof named === 'string' ? named : 'Error', message },
  };
}

const toolTurn = (call: ToolCall, text: string, error: boolean): ToolTurn => ({
  role: 'tool',
  call: call.id,
  name: call.name,
  text,
  error,
  images: [],
});
