import { DataModel } from '@lumino/datagrid';
import type { TablePage } from '../../../kernel/src/contract.js';
import { TablePages, type FetchPage } from './TablePages.js';

/** The grid's view on a result that is held in pages. */
export class PagesModel extends DataModel {
  readonly pages: TablePages;

  constructor(first: TablePage, fetch: FetchPage | null, onReset: () => void) {
    super();
    this.pages = new TablePages(
      first,
      fetch,
      (row, rowSpan) => {
        const columnSpan = this.pages.columns.length;
        this.emitChanged({ type: 'cells-changed', region: 'body', row, column: 0, rowSpan, columnSpan });
      },
      () => {
        this.emitChanged({ type: 'model-reset' });
        onReset();
      },
    );
  }

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this.pages.total : 1;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this.pages.columns.length : 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): string | null {
    switch (region) {
      case 'body':
        return this.pages.value(row, column) ?? null;
      case 'column-header':
        return this.#heading(column);
      case 'row-header':
        return String(row + 1);
      case 'corner-header':
        return '';
    }
  }

  /** Whether a cell is SQL NULL, and not just on its way. */
  isNull(row: number, column: number): boolean {
    return this.pages.value(row, column) === null;
  }

  #heading(column: number): string {
    const name = this.pages.columns[column]?.name ?? '';
    const { order, descending } = this.pages.view;
    return order === name ? `${name} ${descending ? '▼' : '▲'}` : name;
  }
}
