import { split } from './split.js';

const READING = new Set([
  'select',
  'from',
  'values',
  'describe',
  'show',
  'summarize',
  'pivot',
  'unpivot',
  'table',
  '(',
]);
const CHANGING = new Set(['insert', 'update', 'delete', 'merge', 'create', 'drop', 'alter', 'truncate']);

/**
 * Whether SQL may change something, told from its words without asking DuckDB: good for deciding whom to ask first, not
 * for a gate. In doubt it may.
 */
export function mayChange(sql: string): boolean {
  return split(sql).some(({ tokens }) => {
    const [first = ''] = tokens.map((token) => token.text.toLowerCase());
    if (READING.has(first)) return false;
    if (first !== 'with' && first !== 'explain') return true;
    return tokens.some((token) => token.kind === 'word' && CHANGING.has(token.text.toLowerCase()));
  });
}
