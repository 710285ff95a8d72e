import type { Display } from '../mime.js';
import type { StepInfo, Usage } from '../contract.js';

/** A conversation is a list of turns; `raw` keeps what a provider demands back word for word. */
export type Turn = UserTurn | AssistantTurn | ToolTurn;
export interface UserTurn {
  readonly role: 'user';
  readonly text: string;
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
  readonly images: readonly { readonly mime: string; readonly base64: string }[];
}
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as the model wrote them; parsed by the loop, never guessed at. */
  readonly arguments: string;
}

/** What one model turn streams. Failures are thrown as ProviderError. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'retry'; readonly attempt: number; readonly wait: number; readonly reason: string }
  | {
      readonly type: 'turn';
      readonly turn: AssistantTurn;
      readonly usage: Usage;
      readonly stop: 'end' | 'calls' | 'length';
    };

export interface ModelRequest {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolSpec[];
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
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** A tool: what the model sees, and what it does. It never throws for what the model got wrong: it says so. */
export interface Tool extends ToolSpec {
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
  readonly images?: readonly { readonly mime: string; readonly base64: string }[];
  /** For the person: tables, charts, output, in order. */
  readonly displays: readonly Display[];
  /** One line for the folded step, such as `12 rows × 3 columns`. */
  readonly summary: string;
}

/** What the loop tells the display as it goes. */
export type AgentEvent =
  | { readonly type: 'turn-began'; readonly turn: number }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'retry'; readonly attempt: number; readonly wait: number; readonly reason: string }
  | { readonly type: 'step'; readonly step: StepInfo; readonly displays: readonly Display[] }
  | { readonly type: 'usage'; readonly usage: Usage };

export interface AgentOutcome {
  readonly state: 'done' | 'partial' | 'error' | 'interrupted';
  /** Markdown. */
  readonly answer: string;
  /** The turns to add to the conversation: always one that a next request may follow. */
  readonly turns: readonly Turn[];
  readonly usage: Usage;
  readonly error?: { readonly name: string; readonly message: string };
}
