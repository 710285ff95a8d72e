import { expect, test } from '@jest/globals';
import type { TablePage } from '../../../kernel/src/contract.js';
import { TablePages, type FetchPage, type View } from './TablePages.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => [String(index)]);
const page = (rows: TablePage['rows'], offset: number, total: number): TablePage => ({
  result: 'r',
  columns: [{ name: 'n', type: 'INTEGER', kind: 'number' }],
  rows,
  offset,
  total,
});

function kernel(total: number) {
  const asked: { view: View; offset: number }[] = [];
  const fetch: FetchPage = (view, offset, count) => {
    asked.push({ view, offset });
    const all = numbers(total).filter(([n]) => n?.includes(view.filter));
    if (view.descending) all.reverse();
    return Promise.resolve(page(all.slice(offset, offset + count), offset, all.length));
  };
  return { asked, fetch };
}

function open(total: number, fetch: FetchPage | null) {
  let told: () => void = () => undefined;
  const next = () => new Promise<void>((resolve) => (told = resolve));
  const pages = new TablePages(
    page(numbers(total).slice(0, 20), 0, total),
    fetch,
    () => {
      told();
    },
    () => {
      told();
    },
  );
  return { pages, next };
}

test('a row that nobody has looked at is asked for once, with its page', async () => {
  const { asked, fetch } = kernel(1000);
  const { pages, next } = open(1000, fetch);
  expect(pages.value(3, 0)).toBe('3');
  expect(asked).toHaveLength(0);
  const came = next();
  expect(pages.value(450, 0)).toBeUndefined();
  expect(pages.value(451, 0)).toBeUndefined();
  await came;
  expect(pages.value(450, 0)).toBe('450');
  expect(asked.map((each) => each.offset)).toEqual([400]);
});

test('sorting and filtering happen in the kernel', async () => {
  const { fetch } = kernel(1000);
  const { pages, next } = open(1000, fetch);
  let came = next();
  pages.look({ order: 'n', descending: true, filter: '' });
  await came;
  expect(pages.value(0, 0)).toBe('999');
  expect(pages.sample(2)).toEqual([['999'], ['998']]);
  came = next();
  pages.look({ order: null, descending: false, filter: '99' });
  await came;
  expect(pages.total).toBe(19);
});

test('without a kernel the first page is all there is', () => {
  const { pages } = open(1000, null);
  expect(pages.total).toBe(20);
  expect(pages.wholeTotal).toBe(1000);
  expect(pages.value(19, 0)).toBe('19');
});

test('a refusal leaves the rows that are there, and says why', async () => {
  const { pages, next } = open(1000, () => Promise.reject(new Error('Run the cell again.')));
  const came = next();
  pages.value(500, 0);
  await came;
  expect(pages.error).toBe('Run the cell again.');
  expect(pages.total).toBe(20);
});
