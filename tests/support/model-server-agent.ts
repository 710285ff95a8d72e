import type {
  AgentConfig,
  AgentContext,
  AgentEvent,
  ModelEvent,
  ModelRequest,
  Provider,
  Tool,
} from '../../kernel/src/agent/types.js';
import { defaultLimits } from '../../kernel/src/agent/types.js';
import { noUsage } from '../../kernel/src/agent/usage.js';
import { finishTool } from '../../kernel/src/agent/tools/finish.js';
import { runAgent } from '../../kernel/src/agent/loop.js';

/** One turn of a model without a server; a function is called when the turn begins. */
export interface PlayedTurn {
  readonly text?: string;
  readonly calls?: readonly (readonly [name: string, args: Record<string, unknown> | string])[];
  readonly stop?: 'end' | 'calls' | 'length';
  readonly tokens?: number;
  readonly cost?: number;
  readonly throws?: Error;
  /** Streams the text, then waits for this or for the interrupt. */
  readonly hold?: Promise<void>;
  readonly before?: () => void;
}

/** A provider that plays turns, and keeps what it was sent. */
export function playedProvider(
  turns: readonly PlayedTurn[],
): Provider & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    name: 'played',
    model: 'played-1',
    replayed: false,
    images: true,
    requests,
    async *stream(request): AsyncIterable<ModelEvent> {
      const number = requests.push(structuredClone(request));
      const turn = turns[number - 1];
      if (turn === undefined) throw new Error(`the script has no turn ${number}`);
      turn.before?.();
      const { text = '', calls = [], tokens = 0, cost = null } = turn;
      if (text !== '') yield { type: 'text', text };
      if (turn.hold !== undefined) await turn.hold;
      if (turn.throws !== undefined) throw turn.throws;
      yield {
        type: 'turn',
        turn: {
          role: 'assistant',
          text,
          calls: calls.map(([name, args], at) => ({
            id: `c${number}_${at}`,
            name,
            arguments: typeof args === 'string' ? args : JSON.stringify(args),
          })),
        },
        usage: { ...noUsage, inputTokens: tokens, cost },
        stop: turn.stop ?? (calls.length > 0 ? 'calls' : 'end'),
      };
    },
  };
}

/** A tool that answers with what `run` gives, or fails with what it throws. */
export function simpleTool(
  name: string,
  run: (args: Record<string, unknown>, signal: AbortSignal) => string | Promise<string>,
): Tool {
  return {
    name,
    description: name,
    parameters: { type: 'object', properties: { sql: { type: 'string' } }, required: ['sql'] },
    codeArgument: 'sql',
    writes: (args) => Promise.resolve(String(args['sql']).startsWith('CREATE')),
    async run(args, { signal }) {
      try {
        const text = await run(args, signal);
        return { text, error: false, displays: [], summary: text };
      } catch (error) {
        const text = (error as Error).message;
        return { text, error: true, displays: [], summary: text };
      }
    },
  };
}

/** Runs an agent over played turns and gives everything that came of it. */
export async function playRun(
  turns: readonly PlayedTurn[] | Provider,
  more: {
    readonly tools?: readonly Tool[];
    readonly context?: Partial<AgentContext>;
    readonly config?: Partial<AgentConfig>;
    readonly signal?: AbortSignal;
    readonly onEvent?: (event: AgentEvent) => void;
  } = {},
) {
  const provider = 'stream' in turns ? turns : playedProvider(turns);
  const events: AgentEvent[] = [];
  let handle = 0;
  const outcome = await runAgent(
    {
      system: 'You answer.',
      turns: [],
      request: 'How many?',
      tools: [...(more.tools ?? []), finishTool()],
      ...more.context,
    },
    { limits: defaultLimits, approval: 'never', nextHandle: () => `r${++handle}`, ...more.config },
    (event) => {
      events.push(event);
      more.onEvent?.(event);
    },
    more.signal ?? new AbortController().signal,
    provider,
  );
  const requests = 'requests' in provider ? (provider as { requests: ModelRequest[] }).requests : [];
  const steps = events.flatMap((event) =>
    event.type === 'step' ? [`${event.step.id} ${event.step.state}`] : [],
  );
  return { ...outcome, events, requests, stepStates: steps };
}
