import { TABLE_MIME, type TablePage } from '../../../kernel/src/contract.js';
import type { StoredCell } from './storedCells.js';

/** Height of a line and around a cell in pixels, as Lab takes them where it has not drawn a cell. */
const LINE = 17;
const AROUND = 22;
/** The same of a table's rows, and of what stands above them: the bar and the columns' names. */
const ROW = 24;
const ABOVE_ROWS = 56;
/** So many rows of a table are in sight, if it has them, whatever the user set. */
const ROWS = 3;

/** How many cells, from the first on, fill a height: rather some too many than too few. Outputs may stand beside sources. */
export function fillingCells(cells: readonly StoredCell[], height: number, beside: boolean): number {
  let filled = 0;
  const last = cells.findIndex((cell) => {
    const [source, outputs] = heightsShown(cell);
    filled += AROUND + (beside ? Math.max(source, outputs) : source + outputs);
    return filled >= height;
  });
  return last === -1 ? cells.length : last + 1;
}

/** Of its source and of its outputs; both may be folded. */
function heightsShown({ source, outputs, metadata }: StoredCell): [source: number, outputs: number] {
  const folded = metadata['jupyter'] as { source_hidden?: boolean; outputs_hidden?: boolean } | undefined;
  const above = LINE * (folded?.source_hidden === true ? 1 : lines(source));
  if (!Array.isArray(outputs) || folded?.outputs_hidden === true || metadata['collapsed'] === true)
    return [above, 0];
  return [above, (outputs as Output[]).reduce((sum, output) => sum + heightOf(output), 0)];
}

interface Output {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly text?: unknown;
}

function heightOf({ data, text }: Output): number {
  const table = data?.[TABLE_MIME] as TablePage | undefined;
  const rows = table ? ABOVE_ROWS + ROW * Math.min(ROWS, table.rows.length) : 0;
  return Math.max(rows, LINE * lines(data?.['text/plain'] ?? text));
}

function lines(text: unknown): number {
  const whole = Array.isArray(text) ? text.join('') : text;
  return typeof whole === 'string' ? whole.split('\n').length : 0;
}
