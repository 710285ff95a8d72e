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

/** What a failed step had found before it failed counts, where its tool tells. */
function evidenceOf({ text, error, finish, evidence }: ToolResult): Evidence | null {
  if (evidence !== undefined || error || finish !== undefined) return evidence ?? null;
  return { text, tables: null, literal: false };
}

const failure = (text: string, summary: string): ToolResult => ({ text, error: true, displays: [], summary });

/** Carries one call out: parse, ask for approval, run. Whatever goes wrong becomes the result of the call. */
export function runStep(
  request: StepRequest,
  config: AgentConfig,
  emit: (event: AgentEvent) => void,
  signal: AbortSignal,
): Promise<StepOutcome> {
  return new Step(request, config, emit, signal).run();
}

class Step {
  readonly #id: string;
  readonly #tool: Tool | undefined;
  readonly #now: () => number;
  #args: Record<string, unknown> = {};
  #edited = false;
  #began: number | null = null;

  constructor(
    private readonly request: StepRequest,
    private readonly config: AgentConfig,
    private readonly emit: (event: AgentEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    this.#id = config.nextHandle();
    this.#now = config.now ?? Date.now;
    this.#tool = request.tools.find(({ name }) => name === request.call.name);
  }

  async run(): Promise<StepOutcome> {
    const { call, tools, cut, siblings } = this.request;
    const tool = this.#tool;
    if (tool === undefined) {
      const names = tools.map(({ name }) => name).join(', ');
      return this.#failed(`There is no tool "${call.name}". The tools are: ${names}.`, 'unknown tool');
    }
    const parsed = parseArguments(call.arguments, tool.parameters, cut);
    if (!parsed.ok) return this.#failed(parsed.problem, 'arguments not understood');
    this.#args = parsed.value;
    if (tool.name === 'finish' && siblings > 0)
      return this.#failed(
        'Call finish alone, after you have seen the results of the other calls.',
        'finish came too early',
      );
    return (await this.#approve(tool)) ?? (await this.#carryOut(tool));
  }

  /** Asks a person where the run is set to; gives an outcome where the step is not to run. */
  async #approve(tool: Tool): Promise<StepOutcome | null> {
    const { approval } = this.config;
    if (approval === 'never' || passive.has(tool.name)) return null;
    let writes = true;
    try {
      writes = (await tool.writes?.(this.#args)) ?? false;
    } catch {
      // What cannot be judged is shown to the person.
    }
    if (approval === 'writes' && !writes) return null;
    this.#say('waiting', 'waits for approval');
    const answer = await this.#ask({ id: this.#id, tool: tool.name, code: this.#code, writes });
    switch (answer.action) {
      case 'run':
        return null;
      case 'edit':
        if (tool.codeArgument !== undefined) this.#args = { ...this.#args, [tool.codeArgument]: answer.code };
        this.#edited = true;
        return null;
      case 'skip': {
        const reason = answer.reason === undefined ? '' : ` Reason: ${answer.reason}`;
        const text = `The user did not allow this step.${reason} Go on without it, or do it another way.`;
        return this.#end(failure(text, 'not allowed'), 'skipped');
      }
      case 'stop':
        return {
          ...this.#end(failure('The user stopped the run before this step.', 'stopped'), 'interrupted'),
          stopped: true,
        };
    }
  }

  async #ask(proposed: ProposedStep): Promise<Approval> {
    const { approve } = this.config;
    if (approve === undefined) return { action: 'skip', reason: 'nobody is there to approve it' };
    try {
      return await unlessAborted(approve(proposed, this.signal), this.signal, abortedError);
    } catch (error) {
      if (isAborted(this.signal)) return { action: 'stop' };
      return { action: 'skip', reason: `asking for approval failed: ${messageOf(error)}` };
    }
  }

  async #carryOut(tool: Tool): Promise<StepOutcome> {
    const { signal } = this;
    this.#began = this.#now();
    this.#say('running', this.#edited ? 'edited by the user' : '');
    try {
      const progress = (text: string): void => {
        this.#say('running', text);
      };
      const result = await withGrace(tool.run(this.#args, { signal, step: this.#id, progress }), signal);
      if (isAborted(signal) && result.finish === undefined) return this.#end(result, 'interrupted');
      const note = this.#edited
        ? `The user edited this call before it ran; it ran as:\n${this.#code}\n\n`
        : '';
      return this.#end({ ...result, text: note + result.text }, result.error ? 'error' : 'ok');
    } catch (error) {
      const message = messageOf(error);
      const state = isAborted(signal) ? 'interrupted' : 'error';
      return this.#end(failure(`The tool failed: ${message}`, message), state);
    }
  }

  #failed(text: string, summary: string): StepOutcome {
    return this.#end(failure(text, summary), 'error');
  }

  #end(result: ToolResult, state: StepInfo['state']): StepOutcome {
    this.#say(state, result.summary, result.displays);
    return { id: this.#id, result, stopped: false, evidence: evidenceOf(result) };
  }

  #say(state: StepInfo['state'], summary: string, displays: readonly Display[] = []): void {
    // How long it takes is not known while it runs.
    const milliseconds = this.#began === null || state === 'running' ? null : this.#now() - this.#began;
    const { name: tool } = this.request.call;
    this.emit({
      type: 'step',
      step: { id: this.#id, tool, code: this.#code, state, milliseconds, summary },
      displays,
    });
  }

  /** As a person reads the call. */
  get #code(): string {
    const { call } = this.request;
    const tool = this.#tool;
    const code = tool?.codeArgument === undefined ? undefined : this.#args[tool.codeArgument];
    if (typeof code === 'string') return code;
    const isEmpty = Object.keys(this.#args).length === 0;
    if (tool?.readable !== undefined && !isEmpty) return tool.readable(this.#args);
    if (!isEmpty) return JSON.stringify(this.#args);
    return call.arguments.trim() === '{}' ? '' : call.arguments;
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
