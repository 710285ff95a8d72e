import * as React from 'react';
import type { NotebookSession } from '../session/NotebookSession.js';

const keptOf = new WeakMap<NotebookSession, Map<string, unknown>>();

/** What views keep of a notebook while they are not drawn: hidden, moved to the other side, or on another notebook. */
export function kept(session: NotebookSession): Map<string, unknown> {
  const values = keptOf.get(session) ?? new Map<string, unknown>();
  keptOf.set(session, values);
  return values;
}

/** As React's useState, for something with a name; it begins with the value that it had when it was last drawn. */
export function useKept<T>(session: NotebookSession, name: string, initial: T): [T, (value: T) => void] {
  const values = kept(session);
  const [value, setValue] = React.useState(() => (values.has(name) ? (values.get(name) as T) : initial));
  const set = (next: T) => {
    values.set(name, next);
    setValue(next);
  };
  return [value, set];
}

/** Scrolls an element, once it is drawn, to where it was when it was last drawn. */
export function useKeptScroll(
  session: NotebookSession,
  name: string,
  elementOf: () => HTMLElement | null,
): void {
  React.useLayoutEffect(() => {
    const element = elementOf();
    if (!element) return;
    const values = kept(session);
    const onScroll = () => {
      values.set(name, element.scrollTop);
    };
    element.scrollTop = Number(values.get(name) ?? 0);
    element.addEventListener('scroll', onScroll);
    return () => {
      element.removeEventListener('scroll', onScroll);
    };
  }, [session, name]);
}
