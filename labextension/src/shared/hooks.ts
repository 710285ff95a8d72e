import type { ISignal } from '@lumino/signaling';
import * as React from 'react';
import type { RequestName, Requests } from '../../../kernel/src/contract.js';
import { askOnce } from '../session/askOnce.js';
import { ConnectionLost } from '../session/Correspondence.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { useKept } from './useKept.js';

/** Renders again whenever the signal is emitted. */
export function useSignal<Sender, Args>(signal: ISignal<Sender, Args>): void {
  const [, count] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const slot = () => {
      count();
    };
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

export interface Answer<T> {
  readonly value: T | null;
  readonly error: string | null;
}

/**
 * Asks the kernel now, and again whenever the notebook's data changes. The last value stays until the next is here, also where it
 * was shown before: a section that is shown again is filled at once.
 */
export function useAnswer<Name extends RequestName>(
  session: NotebookSession,
  name: Name,
  params: Requests[Name]['params'],
): Answer<Requests[Name]['result']> {
  const key = JSON.stringify(params);
  const none: Answer<Requests[Name]['result']> = { value: null, error: null };
  const [answer, setAnswer] = useKept(session, `${name} ${key}`, none);
  const last = React.useRef(answer);
  last.current = answer;
  React.useEffect(() => {
    let wanted = 0;
    const ask = () => {
      const mine = ++wanted;
      askOnce(session, name, JSON.parse(key) as Requests[Name]['params'])
        .then((value) => {
          if (mine === wanted) setAnswer({ value, error: null });
        })
        .catch((error: unknown) => {
          // A lost connection has its own notice, and it's asked again when the kernel is back.
          if (error instanceof ConnectionLost) return;
          if (mine === wanted) setAnswer({ value: last.current.value, error: messageOf(error) });
        });
    };
    session.dataChanged.connect(ask);
    session.loaded.connect(ask);
    if (session.link.status === 'ready') ask();
    return () => {
      wanted = -1;
      session.dataChanged.disconnect(ask);
      session.loaded.disconnect(ask);
    };
  }, [session, name, key]);
  return answer;
}

/** The element's width in pixels, kept up to date; 0 until it is drawn. */
export function useWidth(ref: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const node = ref.current;
    if (!node) return;
    const observer = new ResizeObserver(() => {
      setWidth(node.clientWidth);
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  }, [ref]);
  return width;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
