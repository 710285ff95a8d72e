import type { Display } from '../mime.js';
import type { StepInfo } from '../contract.js';
import { messageOf } from '../messageOf.js';
import { unlessAborted } from '../unlessAborted.js';
import { parseArguments } from './arguments.js';
import { abortedError } from './providers/errors.js';
import type {
  AgentConfig,
  AgentEvent,
  Approval,
  Evidence,
  ProposedStep,
  Tool,
  ToolCall,
  ToolResult,
} from './types.js';

/** One call that was carried out, or not. */
export interface StepOutcome {
  readonly id: string;
  readonly result: ToolResult;
  /** A person stopped the run at this step. */
  readonly stopped: boolean;
  readonly evidence: Evidence | null;
}

export interface StepRequest {
  readonly call: ToolCall;
  readonly tools: readonly Tool[];
  /** The output limit cut this turn. */
  readonly cut: boolean;
  /** Other calls in the same turn: `finish` must stand alone. */
  readonly siblings: number;
}

const textEvidence = (text: string): Evidence => ({ text, tables: null, literal: false });

const failure = (text: string, summary: string): ToolResult => ({ text, error: true, displays: [], summary });

/** Carries one call out: parse, ask for approval, run. Whatever goes wrong becomes the result of the call. */
export async function runStep(
  request: StepRequest,
  config: AgentConfig,
  emit: (event: AgentEvent) => void,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { call, tools, cut } = request;
  const id = config.nextHandle();
  const now = config.now ?? Date.now;
  const tool = tools.find(({ name }) => name === call.name);
  const parsed = tool === undefined ? null : parseArguments(call.arguments, tool.parameters, cut);
  let args = parsed?.ok === true ? parsed.value : {};
  const person = { edited: false };
  let began: number | null = null;
  const shown: Display[] = [];

  const say = (state: StepInfo['state'], summary: string, displays: readonly Display[] = shown): void => {
    const code = codeOf(tool, args, call);
    const milliseconds = began === null ? null : now() - began;
    emit({ type: 'step', step: { id, tool: call.name, code, state, milliseconds, summary }, displays });
  };
  const end = (result: ToolResult, state: StepInfo['state'], stopped = false): StepOutcome => {
    say(state, result.summary, result.displays);
    const found =
      result.error || result.finish !== undefined ? null : (result.evidence ?? textEvidence(result.text));
    return { id, result, stopped, evidence: found };
  };

  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return end(failure(`There is no tool "${call.name}". The tools are: ${names}.`, 'unknown tool'), 'error');
  }
  if (parsed?.ok === false) return end(failure(parsed.problem, 'arguments not understood'), 'error');
  if (tool.name === 'finish' && request.siblings > 0)
    return end(
      failure(
        'Call finish alone, after you have seen the results of the other calls.',
        'finish came too early',
      ),
      'error',
    );

  const approval = await approve();
  if (approval !== null) return approval;

  began = now();
  say('running', person.edited ? 'edited by the user' : '');
  try {
    const progress = (text: string) => {
      say('running', text);
    };
    const result = await withGrace(tool.run(args, { signal, step: id, progress }), signal);
    if (isAborted(signal) && result.finish === undefined) return end(result, 'interrupted');
    const note = person.edited
      ? `The user edited this call before it ran; it ran as:\n${codeOf(tool, args, call)}\n\n`
      : '';
    return end({ ...result, text: note + result.text }, result.error ? 'error' : 'ok');
  } catch (error) {
    const message = messageOf(error);
    return end(failure(`The tool failed: ${message}`, message), isAborted(signal) ? 'interrupted' : 'error');
  }

  async function ask(proposed: ProposedStep): Promise<Approval> {
    if (config.approve === undefined) return { action: 'skip', reason: 'nobody is there to approve it' };
    try {
      return await unlessAborted(config.approve(proposed, signal), signal, abortedError);
    } catch (error) {
      if (isAborted(signal)) return { action: 'stop' };
      return { action: 'skip', reason: `asking for approval failed: ${messageOf(error)}` };
    }
  }

  /** Asks a person where the run is set to; gives an outcome where the step is not to run. */
  async function approve(): Promise<StepOutcome | null> {
    if (config.approval === 'never' || tool === undefined || passive.has(tool.name)) return null;
    let writes = true;
    try {
      writes = (await tool.writes?.(args)) ?? false;
    } catch {
      // What cannot be judged is shown to the person.
    }
    if (config.approval === 'writes' && !writes) return null;
    say('waiting', 'waits for approval');
    const proposed = { id, tool: tool.name, code: codeOf(tool, args, call), writes };
    const answer = await ask(proposed);
    switch (answer.action) {
      case 'run':
        return null;
      case 'edit':
        if (tool.codeArgument !== undefined) args = { ...args, [tool.codeArgument]: answer.code };
        person.edited = true;
        return null;
      case 'skip': {
        const reason = answer.reason === undefined ? '' : ` Reason: ${answer.reason}`;
        const text = `The user did not allow this step.${reason} Go on without it, or do it another way.`;
        return end(failure(text, 'not allowed'), 'skipped');
      }
      case 'stop':
        return end(failure('The user stopped the run before this step.', 'stopped'), 'interrupted', true);
    }
  }
}

/** Asked anew each time: the compiler takes it for constant. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Milliseconds that a tool has to come back after an abort: what it gives then is still its result. */
const GRACE = 800;

/** Leaves a tool that does not heed the signal. */
async function withGrace<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => {
        reject(new Error('it was interrupted and did not stop in time'));
      }, GRACE);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Tools that only talk to the person: they are never held up for approval. */
const passive = new Set(['finish', 'ask_user']);

function codeOf(tool: Tool | undefined, args: Record<string, unknown>, call: ToolCall): string {
  const code = tool?.codeArgument === undefined ? undefined : args[tool.codeArgument];
  if (typeof code === 'string') return code;
  if (tool?.readable !== undefined && Object.keys(args).length > 0) return tool.readable(args);
  if (Object.keys(args).length > 0) return JSON.stringify(args);
  return call.arguments.trim() === '{}' ? '' : call.arguments;
}
