import type { Usage } from '../contract.js';
import { unlessAborted } from '../unlessAborted.js';
import { AnswerStream } from './partialAnswer.js';
import { compact } from './conversation/compaction.js';
import { abortedError, failureOfKind } from './providers/errors.js';
import type {
  AgentConfig,
  AgentContext,
  AgentEvent,
  AssistantTurn,
  ModelRequest,
  Provider,
  Turn,
} from './types.js';

/** A turn that arrived whole. */
export interface ModelTurn {
  readonly kind: 'turn';
  readonly turn: AssistantTurn;
  readonly usage: Usage;
  readonly stop: 'end' | 'calls' | 'length';
}
/** A turn that failed or was aborted, with the text that had come. */
export interface SpentTurn {
  readonly kind: 'spent';
  readonly error: unknown;
  readonly partial: string;
}

/** Who is asked, and what of. */
export interface Asking {
  readonly context: AgentContext;
  readonly config: AgentConfig;
  readonly emit: (event: AgentEvent) => void;
  readonly provider: Provider;
  /** Those of the present run. */
  readonly turns: readonly Turn[];
}

/** Asks the model for one turn and passes on what it streams. Never throws: a failure or an abort is a spent turn. */
export async function streamTurn(
  { context, config, emit, provider, turns }: Asking,
  toolChoice: 'auto' | 'none',
  signal: AbortSignal,
): Promise<ModelTurn | SpentTurn> {
  const request: ModelRequest = {
    system: context.system,
    turns: compact(context.turns, turns),
    tools: context.tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    toolChoice,
    ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
  };
  let partial = '';
  let answer = new AnswerStream();
  try {
    if (signal.aborted) throw abortedError();
    for await (const event of untilAborted(provider.stream(request, signal), signal)) {
      if (event.type === 'call') {
        const text = answer.add(event);
        if (text !== null) emit({ type: 'answer', text });
        continue;
      }
      if (event.type !== 'turn') {
        if (event.type === 'text') partial += event.text;
        if (event.type === 'retry') {
          partial = '';
          answer = new AnswerStream();
        }
        emit(event);
        continue;
      }
      for (const text of event.notes ?? []) emit({ type: 'note', text });
      emit({ type: 'exchange', request, turn: event.turn });
      return { kind: 'turn', turn: event.turn, usage: event.usage, stop: event.stop };
    }
  } catch (error) {
    return { kind: 'spent', error, partial: `${partial}\n\n${answer.text}`.trim() };
  }
  const asked = {
    provider: provider.name,
    label: provider.name,
    model: provider.model,
    server: '',
    keyVariable: null,
    key: null,
  };
  return { kind: 'spent', error: failureOfKind('truncated', asked, 'no turn came'), partial };
}

/** Leaves a stream at once when the signal aborts, even one that does not heed it. */
async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  const iterator = stream[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await unlessAborted(iterator.next(), signal, abortedError);
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a stream that hangs would hold the run.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
