import type { TableColumn, TablePage } from '../../../kernel/src/contract.js';

export interface View {
  readonly order: string | null;
  readonly descending: boolean;
  readonly filter: string;
}

export type FetchPage = (view: View, offset: number, count: number) => Promise<TablePage>;

const PAGE = 200;

/** A result that lives in the kernel, held page by page as far as someone has looked. */
export class TablePages {
  #rows = new Map<number, TablePage['rows'][number]>();
  #asked = new Set<number>();
  #total: number;
  #view: View = { order: null, descending: false, filter: '' };
  #round = 0;
  #error: string | null = null;

  /**
   * `fetch` is null where no kernel is there to ask: then only the first page can be seen. `onRows` is told which rows
   * came, `onReset` that the number of rows may be another one.
   */
  constructor(
    private readonly first: TablePage,
    private readonly fetch: FetchPage | null,
    private readonly onRows: (from: number, count: number) => void,
    private readonly onReset: () => void,
  ) {
    this.#total = fetch ? first.total : first.offset + first.rows.length;
    this.#put(first);
  }

  get columns(): readonly TableColumn[] {
    return this.first.columns;
  }
  get total(): number {
    return this.#total;
  }
  /** Rows of the whole result, whether or not they can be seen. */
  get wholeTotal(): number {
    return this.first.total;
  }
  /** What is to be said of the rows beyond the first page, where nobody knows how many there are. */
  get rest(): string | null {
    return this.first.rest ?? null;
  }
  get view(): View {
    return this.#view;
  }
  get error(): string | null {
    return this.#error;
  }
  get canAsk(): boolean {
    return this.fetch !== null;
  }

  /** Some of the rows that are here. */
  sample(count: number): TablePage['rows'] {
    return [...this.#rows.values()].slice(0, count);
  }

  /** Exact text, null for SQL NULL, undefined while it's on its way. */
  value(row: number, column: number): string | null | undefined {
    const there = this.#rows.get(row);
    if (there) return there[column] ?? null;
    this.#ask(Math.floor(row / PAGE));
    return undefined;
  }

  /** Sorts or filters in the kernel. */
  look(view: View): void {
    if (!this.fetch) return;
    this.#view = view;
    this.#round++;
    this.#rows = new Map();
    this.#asked = new Set();
    this.#ask(0);
  }

  #ask(page: number): void {
    if (!this.fetch || this.#asked.has(page)) return;
    this.#asked.add(page);
    const round = this.#round;
    this.fetch(this.#view, page * PAGE, PAGE)
      .then((answer) => {
        if (round === this.#round) this.#take(answer);
      })
      .catch((error: unknown) => {
        if (round === this.#round) this.#fail(error);
      });
  }

  #take(page: TablePage): void {
    this.#error = null;
    this.#put(page);
    const changed = page.total !== this.#total || page.offset === 0;
    this.#total = page.total;
    if (changed) this.onReset();
    else this.onRows(page.offset, page.rows.length);
  }

  #fail(error: unknown): void {
    this.#error = error instanceof Error ? error.message : String(error);
    if (this.#rows.size === 0) {
      this.#put(this.first);
      this.#view = { order: null, descending: false, filter: '' };
    }
    this.#total = this.#rows.size;
    this.onReset();
  }

  #put(page: TablePage): void {
    page.rows.forEach((row, index) => this.#rows.set(page.offset + index, row));
  }
}
