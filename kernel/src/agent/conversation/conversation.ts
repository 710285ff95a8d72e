import type { AssistantTurn, ToolTurn, Turn } from '../types.js';

/** What stands in for the result of a call that never got one. */
const NOT_RUN = 'Not run: the run ended before this call.';

/** An assistant's turn and the results of its calls, in the order of the calls; or one turn of a person. */
export type Exchange =
  { readonly user: string } | { readonly assistant: AssistantTurn; readonly results: readonly ToolTurn[] };

/**
 * Brings a conversation into the form that every server accepts: each call has exactly one result, right after its
 * turn; a result without a call, and an assistant's turn that says nothing, are left out.
 */
export function exchanges(turns: readonly Turn[]): Exchange[] {
  const list: Exchange[] = [];
  for (let at = 0; at < turns.length; at += 1) {
    const turn = turns[at];
    if (turn?.role === 'user') list.push({ user: turn.text });
    if (turn?.role !== 'assistant') continue;
    const answers = new Map<string, ToolTurn>();
    for (let next = turns[at + 1]; next?.role === 'tool'; next = turns[at + 1]) {
      answers.set(next.call, next);
      at += 1;
    }
    if (turn.calls.length === 0 && turn.text.trim() === '') continue;
    list.push({
      assistant: turn,
      results: turn.calls.map((call) => answers.get(call.id) ?? unanswered(call.id, call.name)),
    });
  }
  return list;
}

function unanswered(call: string, name: string): ToolTurn {
  return { role: 'tool', call, name, text: NOT_RUN, error: true, images: [] };
}

/** Every call id of a conversation. */
export function callIds(turns: readonly Turn[]): Set<string> {
  return new Set(turns.flatMap((turn) => (turn.role === 'assistant' ? turn.calls.map(({ id }) => id) : [])));
}
