import { Budget } from './budget.js';
import { earlierEvidence, groundAnswer } from './grounding.js';
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

type Emit = (event: AgentEvent) => void;

/** The state of one run; `turns` grows, and is at every moment one that a next request may follow. */
interface RunState {
  readonly turns: Turn[];
  readonly budget: Budget;
  readonly evidence: Map<string, Evidence>;
  readonly steps: string[];
  readonly failures: Map<string, number>;
  readonly provider: Provider;
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
  emit: Emit,
  signal: AbortSignal,
  provider: Provider,
): Promise<AgentOutcome> {
  const state: RunState = {
    turns: [{ role: 'user', text: context.request }],
    budget: new Budget(config.limits, config.now ?? Date.now),
    evidence: new Map(),
    steps: [],
    failures: new Map(),
    provider,
    empty: 0,
    end: null,
  };
  try {
    return await go(context, config, emit, signal, state);
  } catch (error) {
    return signal.aborted ? interrupted(state, '') : failed(state, error);
  }
}

async function go(
  context: AgentContext,
  config: AgentConfig,
  emit: Emit,
  signal: AbortSignal,
  state: RunState,
): Promise<AgentOutcome> {
  const clock = state.budget.startClock();
  const bounded = clock === null ? signal : AbortSignal.any([signal, clock]);
  for (let number = 1; ; number += 1) {
    const limit = state.budget.met();
    if (limit !== null) return lastTurn(context, config, emit, signal, state, number, limit);
    for (const remark of config.remarks?.() ?? []) {
      state.turns.push({ role: 'user', text: `While you work, the user says: ${remark}` });
      emit({ type: 'note', text: `Taken up: ${remark}` });
    }
    emit({ type: 'turn-began', turn: number });
    const reply = await streamTurn(context, config, emit, bounded, state.provider, state.turns, 'auto');
    if (reply.kind === 'spent') {
      if (signal.aborted) return interrupted(state, reply.partial);
      if (clock?.aborted === true) continue;
      return failed(state, reply.error, reply.partial);
    }
    spend(state, config, emit, reply);
    if (reply.turn.calls.length > 0) {
      state.turns.push(reply.turn);
      await runCalls(context, config, emit, signal, bounded, state, reply);
      if (state.end !== null) return ended(context, state, state.end);
      if (signal.aborted) return interrupted(state, '');
      continue;
    }
    if (reply.turn.text.trim() === '') {
      if (++state.empty > EMPTY_TURNS)
        return failed(
          state,
          new Error(
            `${state.provider.model} answered nothing. Run the cell again, or choose another model with --model.`,
          ),
        );
      state.turns.push({
        role: 'user',
        text: 'Your last message was empty. Go on, or call finish with your answer.',
      });
      continue;
    }
    state.turns.push(reply.turn);
    const cut = reply.stop === 'length';
    return answered(
      context,
      state,
      reply.turn.text,
      [...state.evidence.keys()],
      cut ? 'the output limit' : null,
    );
  }
}

/** Runs the calls of a turn one after the other, so that each gets exactly one result. */
async function runCalls(
  context: AgentContext,
  config: AgentConfig,
  emit: Emit,
  signal: AbortSignal,
  bounded: AbortSignal,
  state: RunState,
  reply: ModelTurn,
): Promise<void> {
  const { calls } = reply.turn;
  for (const call of calls) {
    const reason = whyNot(state, signal);
    if (reason !== null) {
      state.turns.push(toolTurn(call, `Not run: ${reason}.`, true));
      continue;
    }
    state.budget.step();
    const request = { call, tools: context.tools, cut: reply.stop === 'length', siblings: calls.length - 1 };
    const { id, result, stopped, evidence } = await runStep(request, config, emit, bounded);
    state.steps.push(id);
    state.turns.push({
      ...toolTurn(call, `[${id}] ${result.text}`, result.error),
      images: state.provider.images ? (result.images ?? []) : [],
    });
    if (evidence !== null) state.evidence.set(id, evidence);
    if (stopped) state.end = { kind: 'stopped' };
    else if (result.finish !== undefined) state.end = { kind: 'finish', ...result.finish };
    else if (result.error) countFailure(state, call, result.text);
  }
}

function whyNot(state: RunState, signal: AbortSignal): string | null {
  if (signal.aborted) return 'the user interrupted the run';
  if (state.end?.kind === 'stopped') return 'the user stopped the run';
  if (state.end !== null) return 'the run has ended';
  const limit = state.budget.met();
  return limit === null ? null : `${limit} is reached`;
}

function countFailure(state: RunState, call: ToolCall, text: string): void {
  const key = `${call.name} ${call.arguments}`;
  const count = (state.failures.get(key) ?? 0) + 1;
  state.failures.set(key, count);
  if (count < SAME_FAILURES) return;
  state.end = {
    kind: 'same-failure',
    message: `The model made the same failing call ${SAME_FAILURES} times (${call.name}), so the run was stopped. The last error: ${text.slice(0, 300)}`,
  };
}

/** At a limit: one more turn, without tools. */
async function lastTurn(
  context: AgentContext,
  config: AgentConfig,
  emit: Emit,
  signal: AbortSignal,
  state: RunState,
  number: number,
  limit: string,
): Promise<AgentOutcome> {
  emit({ type: 'note', text: `The run met ${limit}: the model is asked for an answer from what it has.` });
  emit({ type: 'turn-began', turn: number });
  state.turns.push({
    role: 'user',
    text: `You have reached ${limit}. No tool can be called any more. Answer now, in plain Markdown, from the results so far, and say what is still missing.`,
  });
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(LAST_TURN)]);
  const reply = await streamTurn(context, config, emit, bounded, state.provider, state.turns, 'none');
  if (reply.kind === 'spent') {
    if (signal.aborted) return interrupted(state, reply.partial);
    return failed(state, reply.error, reply.partial);
  }
  spend(state, config, emit, reply);
  const text = reply.turn.text.trim() === '' ? 'No answer was reached.' : reply.turn.text;
  state.turns.push({ role: 'assistant', text, calls: [] });
  return answered(context, state, text, null, limit);
}

function spend(state: RunState, config: AgentConfig, emit: Emit, { usage }: ModelTurn): void {
  const { name, model } = state.provider;
  state.budget.spend(
    usage.cost === null ? { ...usage, cost: config.price?.(name, model, usage) ?? null } : usage,
  );
  emit({ type: 'usage', usage: state.budget.usage });
}

function ended(context: AgentContext, state: RunState, end: Ending): AgentOutcome {
  switch (end.kind) {
    case 'finish':
      // One that names none may rest on any result of the run, as one in plain text does.
      return answered(
        context,
        state,
        end.answer,
        end.evidence.length === 0 ? [...state.evidence.keys()] : end.evidence,
        null,
      );
    case 'stopped':
      return interrupted(state, '');
    case 'same-failure':
      return failed(state, Object.assign(new Error(end.message), { name: 'RepeatedFailure' }));
  }
}

/** `evidence` is null where the model named none: then every result may be meant. */
function answered(
  context: AgentContext,
  state: RunState,
  answer: string,
  evidence: readonly string[] | null,
  limit: string | null,
): AgentOutcome {
  const results = new Map([...earlierEvidence(context.turns), ...state.evidence]);
  const said = [
    context.request,
    ...context.turns.filter(({ role }) => role === 'user').map(({ text }) => text),
  ];
  const partial = limit === null ? '' : `> **Partial answer:** the run met ${limit}.\n\n`;
  const grounding = groundAnswer(answer, evidence ?? [...results.keys()], results, said);
  const shift = partial.length;
  const figures = grounding.figures.map((figure) => ({
    ...figure,
    start: figure.start + shift,
    end: figure.end + shift,
  }));
  return {
    state: limit === null ? 'done' : 'partial',
    answer: partial + answer,
    turns: state.turns,
    usage: state.budget.usage,
    steps: state.steps,
    grounding: { ...grounding, figures },
  };
}

/** A model turn that was cut off stays as text, so that the conversation is not left with a question alone. */
function interrupted(state: RunState, partial: string): AgentOutcome {
  const text =
    partial.trim() === '' ? '(interrupted by the user)' : `${partial}\n\n(interrupted by the user)`;
  const turn: AssistantTurn = { role: 'assistant', text, calls: [] };
  return {
    state: 'interrupted',
    answer: partial,
    turns: [...state.turns, turn],
    usage: state.budget.usage,
    steps: state.steps,
  };
}

function failed(state: RunState, error: unknown, partial = ''): AgentOutcome {
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
    turns: [...state.turns, turn],
    usage: state.budget.usage,
    steps: state.steps,
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
