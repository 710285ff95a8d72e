import type { GraphRow } from './rows.js';

/**
 * Where a key leads from the selected row: arrows, Home, End and pages by rows; Right to the parent (further down in
 * time), Left to the newest child. Null where the key means nothing here.
 */
export function moveInTree(
  rows: readonly Pick<GraphRow, 'checkpoint'>[],
  from: number,
  key: string,
  page: number,
): number | null {
  if (rows.length === 0) return null;
  const clamp = (index: number) => Math.max(0, Math.min(rows.length - 1, index));
  const at = rows[from]?.checkpoint;
  switch (key) {
    case 'ArrowDown':
      return clamp(from + 1);
    case 'ArrowUp':
      return clamp(from - 1);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'PageDown':
      return clamp(from + page);
    case 'PageUp':
      return clamp(from - page);
    case 'ArrowRight':
      return found(rows.findIndex((row) => at !== undefined && row.checkpoint.id === at.parent));
    case 'ArrowLeft':
      return found(rows.findIndex((row) => at !== undefined && row.checkpoint.parent === at.id));
    default:
      return null;
  }
}

function found(index: number): number | null {
  return index < 0 ? null : index;
}
