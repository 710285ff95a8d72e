import * as React from 'react';
import type { NotebookSession } from '../session/NotebookSession.js';
import { useKept } from '../shared/useKept.js';

interface Props {
  /** What stands in the line, and opens and closes what is below it. */
  readonly line: React.ReactNode;
  /** What can be done with it, at the end of the line. */
  readonly action: React.ReactNode;
  readonly children: React.ReactNode;
  /** What it is about: it stays open or closed while the sidebar is hidden. */
  readonly name: string;
  readonly session: NotebookSession;
  /** Attributes by which menus and tests know what it is. */
  readonly data?: Readonly<Record<`data-wl-${string}`, string>>;
}

/** A line that opens; its action stands beside the button that opens it, as a button must hold no other. */
export function Foldable({ line, action, children, name, session, data }: Props) {
  const [open, setOpen] = useKept(session, `open ${name}`, false);
  return (
    <div className="wl-Table" {...data}>
      <div className="wl-Table-bar">
        <button
          className="wl-Table-fold"
          aria-expanded={open}
          onClick={() => {
            setOpen(!open);
          }}
        >
          {line}
        </button>
        {action}
      </div>
      {open && children}
    </div>
  );
}
