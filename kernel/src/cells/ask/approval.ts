import type { AgentConfig, Approval, ProposedStep } from '../../agent/types.js';
import type { CellContext } from '../context.js';
import type { LiveRun } from './LiveRun.js';

/** Asks before a step: through the lab extension where it is there, else by the input line; where nobody can answer, it is skipped. */
export function approver({ run, request }: CellContext, live: LiveRun): NonNullable<AgentConfig['approve']> {
  return async (step) => {
    if (request.cellId !== undefined && live.steerable) return live.decision();
    if (!request.allowStdin) return { action: 'skip', reason: 'nobody is there to approve it' };
    const answer = await run.input(question(step));
    return readAnswer(answer);
  };
}

function question(step: ProposedStep): string {
  return `${step.id} ${step.tool}${step.writes ? ' (writes)' : ''}:\n${step.code}\n[r]un, [s]kip, s[t]op, or e: followed by the code to run instead? `;
}

function readAnswer(answer: string): Approval {
  const text = answer.trim();
  if (/^e:/i.test(text)) return { action: 'edit', code: text.slice(2).trim() };
  switch (text.toLowerCase()) {
    case '':
    case 'r':
    case 'run':
    case 'y':
    case 'yes':
      return { action: 'run' };
    case 't':
    case 'stop':
      return { action: 'stop' };
    default:
      return text.toLowerCase().startsWith('s') || /^no?$/i.test(text)
        ? { action: 'skip' }
        : { action: 'skip', reason: text };
  }
}
