import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { TablePages } from './TablePages.js';

/** The line above a grid: how many rows there are, and a filter. Plain elements, since a notebook may hold hundreds of them. */
export class GridBar extends Widget {
  readonly #count = element('span', 'wl-GridBar-count');
  readonly #error = element('span', 'wl-GridBar-error');

  constructor(
    private readonly pages: TablePages,
    private readonly trans: TranslationBundle,
    onFilter: (filter: string) => void,
  ) {
    super();
    this.addClass('wl-GridBar');
    this.node.append(this.#count, this.#error);
    if (pages.canAsk) this.node.append(filterInput(trans.__('Filter rows'), onFilter));
    this.refresh();
  }

  /** Tells the pages as they are now. */
  refresh(): void {
    this.#count.textContent = this.#rows();
    this.#error.textContent = this.pages.error;
    this.#error.hidden = this.pages.error === null;
  }

  #rows(): string {
    const { pages, trans } = this;
    const { total, wholeTotal, columns, rest } = pages;
    const wide = trans._n('%1 column', '%1 columns', columns.length);
    if (rest !== null) return `${trans._n('The first row', 'The first %1 rows', total)} × ${wide}, ${rest}`;
    if (total === wholeTotal)
      return `${trans._n('%2 row', '%2 rows', total, total.toLocaleString())} × ${wide}`;
    return `${trans.__('%1 of %2 rows', total.toLocaleString(), wholeTotal.toLocaleString())} × ${wide}`;
  }
}

function filterInput(label: string, onFilter: (filter: string) => void): HTMLInputElement {
  const input = element('input', 'wl-Input');
  input.type = 'search';
  input.placeholder = label;
  input.ariaLabel = label;
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
  });
  input.addEventListener('input', () => {
    onFilter(input.value);
  });
  return input;
}

function element<Name extends 'span' | 'input'>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
