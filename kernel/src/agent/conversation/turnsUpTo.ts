import type { ToolTurn, Turn } from '../types.js';

/**
 * The conversation of a run as it was after one of its steps, for when the rest was taken back: every call that is left
 * has its result, and the model is told where its run ends.
 */
export function turnsUpTo(turns: readonly Turn[], step: string): Turn[] {
  const at = turns.findIndex((turn) => turn.role === 'tool' && turn.text.startsWith(`[${step}] `));
  if (at < 0) return [];
  const kept = turns.slice(0, at + 1);
  const asked = kept.findLast((turn) => turn.role === 'assistant');
  const answered = new Set(kept.map((turn) => (turn.role === 'tool' ? turn.call : null)));
  const open = asked?.calls.filter(({ id }) => !answered.has(id)) ?? [];
  const results = open.map(({ id: call, name }): ToolTurn => {
    return { role: 'tool', call, name, text: `Not run: ${TAKEN_BACK}.`, error: true, images: [] };
  });
  return [...kept, ...results, { role: 'assistant', text: `(${TAKEN_BACK})`, calls: [] }];
}

const TAKEN_BACK = 'the user took back what came after this step';
