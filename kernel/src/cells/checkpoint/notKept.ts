import { count, plural } from '../../counts.js';

/** Something that a checkpoint does not have, and why. */
export interface NotKept {
  readonly name: string;
  readonly reason: string;
}

const SAID = { variable: 'cannot be kept', file: 'is not kept' } as const;
const SAID_OF_MANY = { variable: 'cannot be kept', file: 'are not kept' } as const;
/** Of one reason, that have a line each. */
const MOST_NAMED = 3;
const MOST_LINES = 20;

/** What is not kept, in lines that a person can read: a cell can leave a million files, and the reason is one. */
export function linesOf(what: 'variable' | 'file', lost: readonly NotKept[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of lost) {
    const names = byReason.get(reason);
    if (names === undefined) byReason.set(reason, [name]);
    else names.push(name);
  }
  const lines = [...byReason].flatMap(([reason, names]) => {
    if (names.length <= MOST_NAMED)
      return names.map((name) => `The ${what} ${name} ${SAID[what]} in checkpoints: ${reason}`);
    const some = names.slice(0, MOST_NAMED).join(', ');
    return [`${count(names.length)} ${what}s ${SAID_OF_MANY[what]} in checkpoints (${some}, …): ${reason}`];
  });
  if (lines.length <= MOST_LINES) return lines;
  const left = lines.length - MOST_LINES;
  const more = `${plural(left, 'more line')} like these ${left === 1 ? 'is' : 'are'} left out.`;
  return [...lines.slice(0, MOST_LINES), more];
}
