import { Budget } from '../../agent/budget.js';
import { compact } from '../../agent/conversation/compaction.js';
import { requestText } from '../../agent/conversation/context.js';
import { HiddenRows } from '../../agent/shown/hiddenRows.js';
import { openPrivacy } from '../../agent/shown/privacy.js';
import { systemPrompt } from '../../agent/prompt.js';
import { withoutRows } from '../../agent/conversation/requests.js';
import { agentTools } from '../../agent/tools/index.js';
import type { Ports } from '../../agent/ports.js';
import type { AgentContext, RunLimits, Turn } from '../../agent/types.js';
import { lookAround, type Surroundings } from './surroundings.js';

export interface RunRequest {
  readonly question: string;
  readonly turns: readonly Turn[];
  readonly ports: Ports;
  readonly limits: RunLimits;
  readonly noRows: boolean;
  /** Name of the worldline. */
  readonly worldline: string;
  /** What there is to work on, where that is known. */
  readonly around: Surroundings | null;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** What a run starts from: the prompt, the conversation so far, and the question with what there is to work on. */
export async function agentContext(request: RunRequest): Promise<AgentContext> {
  const { question, turns, ports, limits, noRows, worldline, now, signal } = request;
  const privacy = noRows ? new HiddenRows(ports.data) : openPrivacy;
  const noPython = 'problem' in ports.python ? ports.python.problem : null;
  const around = request.around ?? (await lookAround(ports, privacy, signal));
  const conversation = compact(noRows ? withoutRows(turns) : turns, []);
  const work = {
    ...around,
    worldline,
    today: now,
    limits: new Budget(limits, Date.now).left(),
    hidesRows: noRows,
  };
  return {
    system: systemPrompt({ noPython, explore: ports.explore !== null, hidesRows: noRows }),
    turns: conversation,
    request: requestText(question, work, conversation),
    tools: agentTools(ports, privacy),
  };
}

/** Is it a turn of a conversation? The store keeps them as JSON. */
export function isTurn(value: unknown): value is Turn {
  const role = typeof value === 'object' && value !== null ? (value as { role?: unknown }).role : undefined;
  return role === 'user' || role === 'assistant' || role === 'tool';
}
