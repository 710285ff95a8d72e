import { TextRenderer, type CellRenderer, type DataGrid } from '@lumino/datagrid';
import type { PagesModel } from './PagesModel.js';

/** No column shows more of a value. */
const MOST_CHARACTERS = 2000;

/** Lab's colours and fonts as they are now; the grid draws on a canvas, so it can't follow the style sheet by itself. */
export function applyLook(grid: DataGrid, model: PagesModel, host: HTMLElement): void {
  const style = getComputedStyle(host);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `${colour('--jp-ui-font-size1')} ${colour('--jp-ui-font-family')}`;
  grid.style = {
    voidColor: colour('--jp-layout-color1'),
    backgroundColor: colour('--jp-layout-color1'),
    rowBackgroundColor: (row) =>
      colour(row % 2 === 0 ? '--jp-layout-color1' : '--jp-rendermime-table-row-background'),
    gridLineColor: colour('--jp-border-color3'),
    headerBackgroundColor: colour('--jp-layout-color2'),
    headerGridLineColor: colour('--jp-border-color2'),
    selectionFillColor: colour('--jp-rendermime-table-row-hover-background'),
    selectionBorderColor: colour('--jp-brand-color1'),
    cursorBorderColor: colour('--jp-brand-color1'),
    headerSelectionFillColor: colour('--jp-layout-color3'),
  };
  const numeric = (column: number) => model.pages.columns[column]?.kind === 'number';
  const isNull = (config: CellRenderer.CellConfig) =>
    config.region === 'body' && model.isNull(config.row, config.column);
  const text = (strong: boolean) =>
    new TextRenderer({
      font: strong ? `600 ${font}` : font,
      textColor: (config) => colour(isNull(config) ? '--jp-ui-font-color3' : '--jp-ui-font-color1'),
      horizontalAlignment: (config) => (numeric(config.column) ? 'right' : 'left'),
      // A number whose beginning or end is not to be seen would read as another one.
      elideDirection: 'right',
      format: (config) => (isNull(config) ? 'NULL' : String(config.value ?? '').slice(0, MOST_CHARACTERS)),
    });
  const quiet = new TextRenderer({
    font,
    textColor: colour('--jp-ui-font-color2'),
    horizontalAlignment: 'right',
  });
  grid.cellRenderers.update({
    body: text(false),
    'column-header': text(true),
    'row-header': quiet,
    'corner-header': quiet,
  });
}
