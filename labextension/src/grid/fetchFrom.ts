import type { NotebookSession } from '../session/NotebookSession.js';
import type { FetchPage } from './TablePages.js';

/** Asks the notebook's kernel for pages of a result. */
export function fetchFrom(session: NotebookSession, result: string): FetchPage {
  return ({ order, descending, filter }, offset, count) =>
    session.request('page', {
      result,
      offset,
      count,
      ...(order === null ? {} : { order, descending }),
      ...(filter === '' ? {} : { filter }),
    });
}
