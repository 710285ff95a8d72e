import type { Display } from '../mime.js';
import type { StepInfo, Usage } from '../contract.js';
import type { Grounding } from './grounding/grounding.js';
import type { Language } from './grounding/language.js';

/** A conversation is a list of turns; `raw` keeps what a provider demands back word for word. */
export type Turn = UserTurn | AssistantTurn | ToolTurn;
export interface UserTurn {
  readonly role: 'user';
  readonly text: string;
  /** It began a run that hid rows: neither it nor what follows it holds any. */
  readonly rowless?: true;
}
export interface AssistantTurn {
  readonly role: 'assistant';
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** Only meaningful to the provider and model that wrote it. */
  readonly raw?: { readonly provider: string; readonly model: string; readonly value: unknown };
}
export interface ToolTurn {
  readonly role: 'tool';
  readonly call: string;
  readonly name: string;
  readonly text: string;
  readonly error: boolean;
  readonly images: readonly Image[];
}
export interface Image {
  readonly mime: string;
  readonly base64: string;
}
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as the model wrote them; parsed by the loop, never guessed at. */
  readonly arguments: string;
}

/** What one model turn streams. Failures are thrown as ProviderError, an abort as ProviderError of kind `aborted`. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** A piece of the arguments of a call, where the server streams them: the call goes by its place in the turn. */
  | { readonly type: 'call'; readonly place: number; readonly name: string; readonly piece: string }
  /** The turn starts over after `wait` milliseconds: what it streamed so far is void. */
  | { readonly type: 'retry'; readonly attempt: number; readonly wait: number; readonly reason: string }
  | {
      readonly type: 'turn';
      readonly turn: AssistantTurn;
      readonly usage: Usage;
      readonly stop: 'end' | 'calls' | 'length';
      /** Things to tell the person, such as where a replayed run drifts from the recorded one. */
      readonly notes?: readonly string[];
    };

export interface ModelRequest {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolSpec[];
  /** `none` forbids calls: the last turn of a run that met a limit. Default `auto`. */
  readonly toolChoice?: 'auto' | 'none';
  readonly maxOutputTokens?: number;
}
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>;
}
/** The one interface that a provider implements. */
export interface Provider {
  readonly name: string;
  readonly model: string;
  readonly replayed: boolean;
  /** Does the model take images? */
  readonly images: boolean;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** A tool: what the model sees, and what it does. It never throws for what the model got wrong: it says so. */
export interface Tool extends ToolSpec {
  /** The argument that a person reads and may edit: `sql`, `code`. */
  readonly codeArgument?: string;
  /** How a person reads a call that has no code. Default: its arguments as JSON. */
  readable?(args: Record<string, unknown>): string;
  /** Does this call change anything? Asked before it runs, for `--approve=writes`. Default: no. */
  writes?(args: Record<string, unknown>): Promise<boolean>;
  run(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}
export interface ToolContext {
  readonly signal: AbortSignal;
  /** The handle of this step, such as `r12`. */
  readonly step: string;
  /** Something to show while the step runs. */
  progress(text: string): void;
}
export interface ToolResult {
  /** For the model. */
  readonly text: string;
  readonly error: boolean;
  readonly images?: readonly Image[];
  /** For the person: tables, charts, output, in order. */
  readonly displays: readonly Display[];
  /** One line for the folded step, such as `12 rows × 3 columns`. */
  readonly summary: string;
  /** What the figures of an answer are matched against; `text` where absent. */
  readonly evidence?: Evidence;
  /** Set by `finish`: ends the run. */
  readonly finish?: { readonly answer: string; readonly evidence: readonly string[] };
}
/** What a step found, in a form in which figures can be looked up. */
export interface Evidence {
  readonly text: string;
  /** Tables that the step read; null where it is not a query. */
  readonly tables: readonly string[] | null;
  /** Did the result come from a query that reads no table at all? */
  readonly literal: boolean;
  /** What was run: numbers in it are choices. Those of a query that reads no table need a source of their own. */
  readonly code?: string;
}

/** What the loop tells the display as it goes. */
export type AgentEvent =
  | { readonly type: 'turn-began'; readonly turn: number }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** The answer that `finish` is being called with, as far as it has come. */
  | { readonly type: 'answer'; readonly text: string }
  /** The turn starts over: its text so far is void. */
  | { readonly type: 'retry'; readonly attempt: number; readonly wait: number; readonly reason: string }
  /** Sent again with the same `step.id` as its state changes; `displays` are complete each time. */
  | { readonly type: 'step'; readonly step: StepInfo; readonly displays: readonly Display[] }
  /** Sums of the run so far. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** A line for the person: drift of a replay, a limit met, a remark taken up. */
  | { readonly type: 'note'; readonly text: string }
  /** Just what the model was sent and what it answered: for `%steps --raw`. */
  | { readonly type: 'exchange'; readonly request: ModelRequest; readonly turn: AssistantTurn };

export interface AgentOutcome {
  readonly state: 'done' | 'partial' | 'error' | 'interrupted';
  /** Markdown. */
  readonly answer: string;
  /** The turns to add to the conversation: always one that a next request may follow. */
  readonly turns: readonly Turn[];
  readonly usage: Usage;
  readonly error?: { readonly name: string; readonly message: string };
  /** Where the figures of the answer come from; absent where there is no answer. */
  readonly grounding?: Grounding;
  /** What the answer is written in; English where it is absent. */
  readonly language?: Language;
  /** Handles of the steps that ran. */
  readonly steps: readonly string[];
}

/** What a run starts from. */
export interface AgentContext {
  readonly system: string;
  /** The conversation so far. */
  readonly turns: readonly Turn[];
  /** The new request, with its context block. */
  readonly request: string;
  readonly tools: readonly Tool[];
}

/** Bounds of one run. */
export interface RunLimits {
  /** Tool calls. */
  readonly steps: number;
  /** Input and output tokens of all turns; null is none. */
  readonly tokens: number | null;
  /** US dollars; null is none. */
  readonly usd: number | null;
  /** Milliseconds; null is none. */
  readonly time: number | null;
}
export const defaultLimits: RunLimits = { steps: 20, tokens: null, usd: null, time: 900_000 };

/** A step before it runs, for a person to approve. */
export interface ProposedStep {
  readonly id: string;
  readonly tool: string;
  readonly code: string;
  readonly writes: boolean;
}
export type Approval =
  | { readonly action: 'run' }
  /** Runs with this code instead. */
  | { readonly action: 'edit'; readonly code: string }
  | { readonly action: 'skip'; readonly reason?: string }
  | { readonly action: 'stop' };

export interface AgentConfig {
  readonly limits: RunLimits;
  readonly approval: 'never' | 'writes' | 'all';
  /** Asked before a step where `approval` says so; where absent, such a step is skipped. */
  readonly approve?: (step: ProposedStep, signal: AbortSignal) => Promise<Approval>;
  /** Takes what a person said since the last call; put to the model between steps. */
  readonly remarks?: () => readonly string[];
  /** The handle of the next step: unique in the session, such as `r12`. */
  readonly nextHandle: () => string;
  /** Cost of a turn in US dollars where the server does not tell; null where unknown. */
  readonly price?: (provider: string, model: string, usage: Usage) => number | null;
  readonly maxOutputTokens?: number;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}
