import { addUsage, noUsage } from '../../agent/usage.js';
import type { Usage } from '../../contract.js';

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
    return this.#runs.reduce((sum, { usage }) => addUsage(sum, usage), noUsage);
  }

  add(entry: LedgerEntry): void {
    this.#runs.push(entry);
  }
}
