import type { CheckpointSummary } from '../../../kernel/src/contract.js';

/**
 * The words that tell a cell from others: its kind is shown beside them, so a bare `%%sql` gives way to the line after
 * it, where the notebook still has the cell.
 */
export function titleOf(checkpoint: CheckpointSummary, sourceOf: (cellId: string) => string | null): string {
  const title = withoutMagic(checkpoint.title);
  if (title !== '') return title;
  const source = checkpoint.cellId === null ? null : sourceOf(checkpoint.cellId);
  if (source === null || !source.startsWith(checkpoint.title)) return checkpoint.title;
  const line = source
    .split('\n')
    .slice(1)
    .find((each) => each.trim() !== '');
  return line?.trim().slice(0, 120) ?? checkpoint.title;
}

function withoutMagic(title: string): string {
  return title.replace(/^%%(?:sql|python|ask)\b\s*/, '');
}
