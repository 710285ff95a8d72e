import type { Json, Message } from './messages.js';

export interface ExecuteOptions {
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly stopOnError?: boolean;
  readonly userExpressions?: Readonly<Record<string, string>>;
  readonly metadata?: object;
  /** Answers the cell's questions; without it, the request says that input is not allowed. */
  readonly answer?: (prompt: string, password: boolean) => string | Promise<string>;
  /** Sees each broadcast message of this request as it comes. */
  readonly onMessage?: (message: Message) => void;
  /** Milliseconds until it counts as hung. */
  readonly timeout?: number;
  /** When its header says that it was made; now where absent. */
  readonly date?: Date;
}

/** A request, answered. */
export interface Exchange {
  readonly reply: Message;
  /** What was broadcast from busy to idle, both included. */
  readonly messages: readonly Message[];
}

/** An executed cell. */
export interface Execution extends Exchange {
  readonly status: 'ok' | 'error' | 'aborted';
  /** Stream, display, update, result, clear and error messages, in order. */
  readonly outputs: readonly Message[];
  /** All text of stdout, and of stderr. */
  readonly stdout: string;
  readonly stderr: string;
  /** The content of its `execute_result`. */
  readonly result: Json | null;
}

const OUTPUTS: ReadonlySet<string> = new Set([
  'stream',
  'display_data',
  'update_display_data',
  'execute_result',
  'clear_output',
  'error',
]);

/** What came of a cell, from all that was said about it. */
export function executionOf({ reply, messages }: Exchange): Execution {
  const outputs = messages.filter((message) => OUTPUTS.has(message.type));
  const textOf = (name: string) =>
    outputs
      .filter((message) => message.type === 'stream' && message.content.name === name)
      .map((message) => String(message.content.text))
      .join('');
  return {
    reply,
    messages,
    status: reply.content.status as Execution['status'],
    outputs,
    stdout: textOf('stdout'),
    stderr: textOf('stderr'),
    result: outputs.find((message) => message.type === 'execute_result')?.content ?? null,
  };
}
