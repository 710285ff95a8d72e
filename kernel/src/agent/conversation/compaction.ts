import { questionOf } from './context.js';
import { exchanges, type Exchange } from './conversation.js';
import { cutMiddle } from '../shown/dataText.js';
import { splitRequests } from './requests.js';
import type { Turn } from '../types.js';

export interface CompactionOptions {
  /** Characters of the conversation before anything is shortened; about four make a token. */
  readonly budget: number;
  /** Characters that an old result keeps. */
  readonly oldResult: number;
}
const defaultCompaction: CompactionOptions = { budget: 240_000, oldResult: 600 };

const lengthOf = (turn: Turn): number => {
  if (turn.role === 'user') return turn.text.length;
  if (turn.role === 'tool') return turn.text.length + turn.images.length * 4000;
  return (
    turn.text.length + turn.calls.reduce((sum, call) => sum + call.arguments.length + call.name.length, 0)
  );
};

/**
 * Brings a conversation down to its budget, at turn boundaries only: a call keeps its result, and the present run stays
 * whole. First old results are shortened, oldest first; then the oldest requests are dropped, each with everything that
 * answered it, and a line says so.
 */
export function compact(
  earlier: readonly Turn[],
  run: readonly Turn[],
  options: CompactionOptions = defaultCompaction,
): Turn[] {
  const length = (turns: readonly Turn[]) => turns.reduce((sum, turn) => sum + lengthOf(turn), 0);
  let over = length(earlier) + length(run) - options.budget;
  if (over <= 0) return [...earlier, ...run];
  const shortened = earlier.map((turn): Turn => {
    if (over <= 0 || turn.role !== 'tool' || lengthOf(turn) <= options.oldResult) return turn;
    const short: Turn = { ...turn, text: cutMiddle(turn.text, options.oldResult), images: [] };
    over -= lengthOf(turn) - lengthOf(short);
    return short;
  });
  const requests = splitRequests(shortened);
  const dropped: Turn[][] = [];
  while (over > 0 && requests.length > 0) {
    const oldest = requests.shift() ?? [];
    over -= length(oldest);
    dropped.push(oldest);
  }
  const note: Turn[] = dropped.length === 0 ? [] : summaryOf(dropped);
  return [...note, ...requests.flat(), ...run];
}

/** What was left out, as a request and its answer in a few words each. */
function summaryOf(dropped: readonly (readonly Turn[])[]): Turn[] {
  const lines = dropped.slice(-20).map((turns) => {
    const list = exchanges(turns);
    const asked =
      list.find((exchange): exchange is Exchange & { user: string } => 'user' in exchange)?.user ?? '';
    return `- asked: ${lastLine(asked)}; answered: ${cutMiddle(answerOf(list), 300).replace(/\s+/g, ' ')}`;
  });
  const text = `(To save room, the ${dropped.length} oldest requests of this conversation are left out. In short:\n${lines.join('\n')})`;
  return [
    { role: 'user', text },
    { role: 'assistant', text: 'Understood.', calls: [] },
  ];
}

function lastLine(request: string): string {
  return cutMiddle(questionOf(request), 200).replace(/\s+/g, ' ');
}

function answerOf(list: readonly Exchange[]): string {
  for (const exchange of [...list].reverse()) {
    if ('user' in exchange) continue;
    const finish = exchange.assistant.calls.find(({ name }) => name === 'finish');
    if (finish !== undefined) {
      try {
        const { answer } = JSON.parse(finish.arguments) as { answer?: unknown };
        if (typeof answer === 'string') return answer;
      } catch {
        // The text below says it.
      }
    }
    if (exchange.assistant.text !== '') return exchange.assistant.text;
  }
  return '(no answer)';
}
