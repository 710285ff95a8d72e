import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TablePages } from './TablePages.js';

/** The line above a grid: how many rows there are, and a filter. */
export class GridBar extends ReactWidget {
  constructor(
    private readonly pages: TablePages,
    private readonly trans: TranslationBundle,
    private readonly onFilter: (filter: string) => void,
  ) {
    super();
    this.addClass('wl-GridBar');
  }

  protected override render(): React.ReactElement {
    const { pages, trans } = this;
    return (
      <>
        <span className="wl-GridBar-count">{this.#count()}</span>
        {pages.error !== null && <span className="wl-GridBar-error">{pages.error}</span>}
        {pages.canAsk && (
          <input
            type="search"
            className="wl-Input"
            placeholder={trans.__('Filter rows')}
            aria-label={trans.__('Filter rows')}
            onKeyDown={(event) => {
              event.stopPropagation();
            }}
            onChange={(event) => {
              this.onFilter(event.target.value);
            }}
          />
        )}
      </>
    );
  }

  #count(): string {
    const { pages, trans } = this;
    const { total, wholeTotal, columns, rest } = pages;
    const wide = trans._n('%1 column', '%1 columns', columns.length);
    if (rest !== null) return `${trans._n('The first row', 'The first %1 rows', total)} × ${wide}, ${rest}`;
    if (total === wholeTotal)
      return `${trans._n('%2 row', '%2 rows', total, total.toLocaleString())} × ${wide}`;
    return `${trans.__('%1 of %2 rows', total.toLocaleString(), wholeTotal.toLocaleString())} × ${wide}`;
  }
}
