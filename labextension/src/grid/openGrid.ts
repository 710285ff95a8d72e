import type { TablePage } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { openBeside, type Beside } from '../shared/openBeside.js';
import type { Services } from '../shared/Services.js';
import { fetchFrom } from './fetchFrom.js';
import { TableGrid } from './TableGrid.js';

/** Rows of a preview that are asked for before it is shown. */
export const FIRST_ROWS = 200;

/** Shows a result of the kernel's in a grid beside the notebook, in Lab's colours as long as it is there. */
export function openGrid(
  services: Services,
  session: NotebookSession,
  first: TablePage,
  beside: Beside,
): void {
  const { trans, themeChanged } = services;
  const fetch = fetchFrom(session, first.result);
  const grid = new TableGrid({ first, fetch, visibleRows: null, trans });
  const redraw = () => {
    grid.applyTheme();
  };
  themeChanged.connect(redraw);
  grid.disposed.connect(() => {
    themeChanged.disconnect(redraw);
  });
  openBeside(services, session, grid, beside);
}
