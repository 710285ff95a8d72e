import type { Usage } from '../contract.js';

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cost: null,
};

export interface LedgerEntry {
  /** The execution count of the cell. */
  readonly cell: number;
  readonly model: string;
  readonly usage: Usage;
}

/** The tokens and cost of the agent runs of one kernel. */
export class Ledger {
  readonly #runs: LedgerEntry[] = [];

  get runs(): readonly LedgerEntry[] {
    return this.#runs;
  }

  get total(): Usage {
    return this.#runs.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  }

  add(entry: LedgerEntry): void {
    this.#runs.push(entry);
  }
}

/** Sums; the cost is known as soon as one of the two is. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cost: a.cost === null && b.cost === null ? null : (a.cost ?? 0) + (b.cost ?? 0),
  };
}
