import type { Usage } from '../contract.js';

export const noUsage: Usage = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cost: null,
};

/** The sum; its cost is what is known of both, null where nothing is. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cost: a.cost === null && b.cost === null ? null : (a.cost ?? 0) + (b.cost ?? 0),
  };
}

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of cached input; as `input` where absent. */
  readonly cached?: number;
}
/** By `provider/model`, or by model alone. */
export type PriceTable = Readonly<Record<string, Price>>;

/** What a turn cost by the table, in US dollars; null where the table does not know the model. */
export function priceOf(table: PriceTable, provider: string, model: string, usage: Usage): number | null {
  const price = table[`${provider}/${model}`] ?? table[model];
  if (price === undefined) return null;
  const fresh = usage.inputTokens - usage.cachedTokens;
  const cached = usage.cachedTokens * (price.cached ?? price.input);
  return (fresh * price.input + cached + usage.outputTokens * price.output) / 1_000_000;
}
