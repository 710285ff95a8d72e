import type { TablePages } from './TablePages.js';

/** Pixels, as the grid's own. */
export interface Sizes {
  readonly columns: readonly number[];
  readonly rowNumbers: number;
}

/** Rows and pixels beyond which nobody sees anything at first. */
const MOST_ROWS = 50;
const WIDEST = 4000;

/**
 * The first rows of a table as plain elements, in the grid's own look: they are painted in a fraction of the time that its
 * canvases take.
 */
export function firstRows(pages: TablePages, sizes: Sizes): HTMLElement {
  const columns = columnsInSight(sizes);
  const frame = document.createElement('div');
  frame.className = 'wl-FirstRows';
  const table = document.createElement('table');
  const head = rowOf(
    'th',
    '',
    pages.columns.slice(0, columns).map(({ name }) => name),
  );
  const rows = pages
    .sample(MOST_ROWS)
    .map((row, index) => rowOf('td', String(index + 1), row.slice(0, columns)));
  for (const [index, cell] of [...head.cells].entries())
    cell.style.width = `${index === 0 ? sizes.rowNumbers : (sizes.columns[index - 1] ?? 0)}px`;
  for (const row of [head, ...rows])
    pages.columns.slice(0, columns).forEach(({ kind }, index) => {
      if (kind === 'number') row.cells[index + 1]?.classList.add('wl-mod-number');
    });
  table.append(head, ...rows);
  frame.append(table);
  return frame;
}

function columnsInSight({ columns }: Sizes): number {
  let width = 0;
  const last = columns.findIndex((each) => (width += each) > WIDEST);
  return last === -1 ? columns.length : last + 1;
}

function rowOf(kind: 'th' | 'td', number: string, values: readonly (string | null)[]): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.insertCell().textContent = number;
  for (const value of values) {
    const cell = document.createElement(kind);
    cell.textContent = value ?? 'NULL';
    if (value === null) cell.className = 'wl-mod-null';
    row.append(cell);
  }
  return row;
}
