import * as React from 'react';
import { CommandIds } from '../commandIds.js';
import type { Services } from '../shared/Services.js';
import { draggedAs } from './draggedAs.js';

interface Props {
  /** What goes into the cell by a click, or where it is dropped. */
  readonly text: string;
  readonly services: Services;
  readonly children: React.ReactNode;
}

/** A name that can be put into a cell. */
export function InsertName({ text, services: { trans, app }, children }: Props) {
  return (
    <button
      className="wl-Name"
      title={trans.__('Insert the name into the cell')}
      {...draggedAs(text)}
      onClick={() => {
        void app.commands.execute(CommandIds.insertName, { name: text });
      }}
    >
      {children}
    </button>
  );
}
