import { patternsIn } from '../../sql/fileNames.js';
import { quoteList, quoteText } from '../../sql/quote.js';
import type { Piece } from '../../sql/split.js';
import { replaceTokens, type Replaced, type Replacement } from './replaceTokens.js';

/** What DuckDB reads a name after FROM with, by its extension. */
const READERS: readonly (readonly [RegExp, string])[] = [
  [/\.[ct]sv(?:\.gz|\.zst)?$/i, 'read_csv'],
  [/\.(?:json|jsonl|ndjson|geojson)(?:\.gz|\.zst)?$/i, 'read_json'],
  [/\.parquet$/i, 'read_parquet'],
];
/** They would keep the files that there are now, and find none that comes. */
const KEPT = new Set(['view', 'macro', 'function']);

/** Leaves hidden entries out of what a statement's patterns find; null where none lies in their way. */
export function withoutHidden(
  piece: Piece,
  instead: (pattern: string) => string | readonly string[] | null,
): Replaced | null {
  const isKept =
    piece.tokens[0]?.text === 'create' && piece.tokens.slice(1, 5).some(({ text }) => KEPT.has(text));
  const replacements = patternsIn(piece.tokens).flatMap(({ token, place }): Replacement[] => {
    const other = instead(token.text);
    if (other === null) return [];
    if (typeof other === 'string') return [{ token, sql: quoteText(other), name: other }];
    if (isKept || other.length === 0) return [];
    const list = quoteList(other);
    if (place === 'argument') return [{ token, sql: list }];
    if (place === 'listed') return [{ token, sql: list.slice(1, -1) }];
    const reader = READERS.find(([extension]) => extension.test(token.text))?.[1];
    return reader === undefined ? [] : [{ token, sql: `${reader}(${list})` }];
  });
  return replacements.length === 0 ? null : replaceTokens(piece, replacements);
}
