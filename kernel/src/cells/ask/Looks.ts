import type { UserTurn } from '../../agent/types.js';
import { cellTurns } from './cellTurns.js';

/** Magics that show data and change nothing: their cells make no checkpoint. */
const SHOW = new Set(['tables', 'describe', 'vars', 'artifacts', 'compare']);
/** The newest are kept. */
const KEPT = 10;

/** What the user looked at in each worldline, until the next question there takes it into the conversation. */
export class Looks {
  readonly #turns = new Map<string, UserTurn[]>();

  /** Keeps a cell of magics, where one of them shows data. */
  add(
    worldline: string,
    magics: readonly { readonly name: string }[],
    source: string,
    outputs: readonly Record<string, unknown>[],
  ): void {
    if (!magics.some(({ name }) => SHOW.has(name))) return;
    const turns = [...(this.#turns.get(worldline) ?? []), ...cellTurns('magic', source, outputs)];
    this.#turns.set(worldline, turns.slice(-KEPT));
  }

  take(worldline: string): readonly UserTurn[] {
    const turns = this.#turns.get(worldline) ?? [];
    this.#turns.delete(worldline);
    return turns;
  }
}
