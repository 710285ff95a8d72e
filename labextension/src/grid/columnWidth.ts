import type { TableColumn } from '../../../kernel/src/contract.js';

const NARROWEST = 60;
const WIDEST = 320;
/** Room for every number of DuckDB's types but BIGNUM: one that is cut reads as another one. */
const WIDEST_NUMBER = 400;
/** Width of a character, and of a digit, in pixels, about. */
const CHARACTER = 8;
const DIGIT = 9;

/** Pixels that a column needs for its name and these values, within limits. */
export function columnWidth(
  { name, kind }: Pick<TableColumn, 'name' | 'kind'>,
  values: readonly (string | null | undefined)[],
): number {
  const longest = Math.max(name.length + 2, ...values.map((value) => value?.length ?? 4));
  const [widest, each] = kind === 'number' ? [WIDEST_NUMBER, DIGIT] : [WIDEST, CHARACTER];
  return Math.min(widest, Math.max(NARROWEST, longest * each + 24));
}
