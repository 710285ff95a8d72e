import * as React from 'react';

interface Props {
  /** What stands in the line, and opens and closes what is below it. */
  readonly line: React.ReactNode;
  /** What can be done with it, at the end of the line. */
  readonly action: React.ReactNode;
  readonly children: React.ReactNode;
  /** Attributes by which menus and tests know what it is. */
  readonly data?: Readonly<Record<`data-wl-${string}`, string>>;
}

/** A line that opens; its action stands beside the button that opens it, as a button must hold no other. */
export function Foldable({ line, action, children, data }: Props) {
  const [open, setOpen] = React.useState(false);
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
