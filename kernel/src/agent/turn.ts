import type { Usage } from '../contract.js';
import { AnswerStream } from './partialAnswer.js';
import { compact } from './compaction.js';
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

/** Asks the model for one turn and passes on what it streams. */
export async function streamTurn(
  context: AgentContext,
  config: AgentConfig,
  emit: (event: AgentEvent) => void,
  signal: AbortSignal,
  provider: Provider,
  turns: readonly Turn[],
  toolChoice: 'auto' | 'none',
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
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(abortedError());
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  let ended = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Not awaited: a stream that hangs would hold the run.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
