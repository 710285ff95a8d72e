import { runAgent } from '../../agent/loop.js';
import type { AskPort, ExplorePort } from '../../agent/ports.js';
import {
  defaultLimits,
  type AgentConfig,
  type AgentEvent,
  type AgentOutcome,
  type Provider,
  type RunLimits,
  type Turn,
} from '../../agent/types.js';
import { priceOf } from '../../agent/usage.js';
import { agentContext, isTurn } from './agentContext.js';
import type { Kernel } from '../Kernel.js';
import type { Settings } from '../settings/settings.js';
import { readPrices } from './prices.js';
import type { Workplace } from './Workplace.js';

export type AskOptions = ReadonlyMap<string, string | true>;

/** A question to an agent in one worldline. */
export interface Question {
  readonly text: string;
  /** Turns that come before it and are in no checkpoint yet. */
  readonly before?: readonly Turn[];
  readonly options: AskOptions;
  readonly provider: Provider;
  /** What a person says about steps and while it runs. */
  readonly person: Pick<AgentConfig, 'approval' | 'approve' | 'remarks'>;
  readonly ask: AskPort;
  readonly explore: ExplorePort | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: AgentEvent) => void;
}

/** Runs an agent on a question with the parts and the conversation of a worldline. */
export async function runQuestion(
  kernel: Kernel,
  { line, steps, ports, around }: Workplace,
  question: Question,
): Promise<AgentOutcome> {
  const { text, options, provider, person, signal, ask, explore } = question;
  const session = await kernel.session();
  const earlier = (await session.conversation(line.id)).filter(isTurn);
  const turns = [...earlier, ...(question.before ?? [])];
  const limits = limitsOf(kernel.settings, options);
  const noRows = hidesRows(kernel.settings, options);
  const prices = await readPrices(kernel.paths);
  const start = await agentContext({
    question: text,
    turns,
    ports: { ...ports, ask, explore },
    limits,
    noRows,
    worldline: line.name,
    around,
    now: new Date(),
    signal,
  });
  let handle = lastHandle(turns);
  const config: AgentConfig = {
    limits,
    ...person,
    nextHandle: () => steps.next(`r${++handle}`),
    price: (name, model, usage) => priceOf(prices, name, model, usage),
  };
  const outcome = await runAgent(start, config, question.onEvent, signal, provider);
  return noRows ? { ...outcome, turns: markRowless(outcome.turns) } : outcome;
}

export function approvalOf(settings: Settings, options: AskOptions): 'never' | 'writes' | 'all' {
  const given = options.get('approve') ?? settings.get('approve');
  return given === 'writes' || given === 'all' ? given : 'never';
}

export function hidesRows(settings: Settings, options: AskOptions): boolean {
  return options.has('no-rows') || settings.boolean('no-rows');
}

/** The first turn of a run that hid rows says so. */
export function markRowless([first, ...rest]: readonly Turn[]): Turn[] {
  if (first === undefined) return [];
  return [first.role === 'user' ? { ...first, rowless: true } : first, ...rest];
}

function limitsOf(settings: Settings, options: AskOptions): RunLimits {
  const value = (name: string): number | null => {
    const given = options.get(name);
    return typeof given === 'string' ? Number(given) : (settings.number(name) ?? null);
  };
  const seconds = value('max-seconds');
  return {
    steps: value('max-steps') ?? defaultLimits.steps,
    tokens: value('max-tokens'),
    usd: value('max-usd'),
    time: seconds === null ? defaultLimits.time : seconds * 1000,
  };
}

/** The highest handle that the conversation has used, so that a new one is never an old one. */
function lastHandle(turns: readonly Turn[]): number {
  const numbers = turns.flatMap((turn) => (turn.role === 'tool' ? [/^\[r(\d+)\]/.exec(turn.text)?.[1]] : []));
  return Math.max(0, ...numbers.map((text) => Number(text ?? 0)));
}
