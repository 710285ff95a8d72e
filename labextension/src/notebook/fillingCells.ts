import type { StoredCell } from './storedCells.js';

/** Height of a line and around a cell in pixels, as Lab takes them where it has not drawn a cell. */
const LINE = 17;
const AROUND = 22;

/** How many cells, from the first on, fill a height: rather some too many than too few. Outputs may stand beside sources. */
export function fillingCells(cells: readonly StoredCell[], height: number, beside: boolean): number {
  let filled = 0;
  const last = cells.findIndex((cell) => {
    const [source, outputs] = linesShown(cell);
    filled += AROUND + LINE * (beside ? Math.max(source, outputs) : source + outputs);
    return filled >= height;
  });
  return last === -1 ? cells.length : last + 1;
}

/** Of its source and of its outputs; both may be folded. */
function linesShown({ source, outputs, metadata }: StoredCell): [source: number, outputs: number] {
  const folded = metadata['jupyter'] as { source_hidden?: boolean; outputs_hidden?: boolean } | undefined;
  const above = folded?.source_hidden === true ? 1 : lines(source);
  if (!Array.isArray(outputs) || folded?.outputs_hidden === true || metadata['collapsed'] === true)
    return [above, 0];
  const texts = (outputs as Output[]).map(({ data, text }) => data?.['text/plain'] ?? text);
  return [above, texts.reduce((sum: number, text) => sum + lines(text), 0)];
}

interface Output {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly text?: unknown;
}

function lines(text: unknown): number {
  const whole = Array.isArray(text) ? text.join('') : text;
  return typeof whole === 'string' ? whole.split('\n').length : 0;
}
