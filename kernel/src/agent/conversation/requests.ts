import { questionOf } from './context.js';
import type { Turn, UserTurn } from '../types.js';

/** Each part begins with what the user said or ran, and holds everything up to their next words. */
export function splitRequests(turns: readonly Turn[]): Turn[][] {
  const parts: Turn[][] = [];
  for (const turn of turns) {
    const last = parts.at(-1);
    if (last === undefined || begins(turn, last.at(-1))) parts.push([turn]);
    else last.push(turn);
  }
  return parts;
}

/** Words said in the middle of a run follow a tool's result, and have no context of their own: they belong to that run. */
function begins(turn: Turn, before: Turn | undefined): boolean {
  if (turn.role !== 'user') return false;
  return before?.role !== 'tool' || /^<(context|cell)\b/.test(turn.text);
}

/**
 * Earlier turns as a run may send them that hides rows: of what was run in the open, the user's own words and code are
 * left, and neither outputs nor what a model made of them. Runs that hid rows themselves stay whole.
 */
export function withoutRows(turns: readonly Turn[]): Turn[] {
  return splitRequests(turns).flatMap((part): Turn[] => {
    const [first, ...rest] = part;
    if (first?.role !== 'user') return [];
    if (first.rowless === true) return part;
    const asked: UserTurn = { role: 'user', text: ownWords(first.text) };
    if (rest.length === 0) return [asked];
    return [
      asked,
      { role: 'assistant', text: '(answered; the answer is hidden, since it may hold rows)', calls: [] },
    ];
  });
}

function ownWords(text: string): string {
  return questionOf(text).replace(/\n<output>[\s\S]*<\/output>$/, '\n<output>(hidden)</output>');
}
