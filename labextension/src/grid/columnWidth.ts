import type { TableColumn } from '../../../kernel/src/contract.js';

const NARROWEST = 60;
const WIDEST = 320;
/** Room for every number of DuckDB's types but BIGNUM: one that is cut reads as another one. */
const WIDEST_NUMBER = 400;
/** Width of a character in pixels, about. */
const CHARACTER = 8;

/** Pixels that a column needs for its name and these values, within limits. */
export function columnWidth(
  { name, kind }: Pick<TableColumn, 'name' | 'kind'>,
  values: readonly (string | null | undefined)[],
): number {
  const longest = Math.max(name.length + 2, ...values.map((value) => value?.length ?? 4));
  const widest = kind === 'number' ? WIDEST_NUMBER : WIDEST;
  return Math.min(widest, Math.max(NARROWEST, Math.ceil(longest * CHARACTER) + 24));
}
