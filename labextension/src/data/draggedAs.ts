import type * as React from 'react';

/** What can be dragged into a cell, where it is this text. */
export function draggedAs(
  text: string,
): Pick<React.HTMLAttributes<HTMLElement>, 'draggable' | 'onDragStart'> {
  return {
    draggable: true,
    onDragStart: (event) => {
      event.dataTransfer.setData('text/plain', text);
    },
  };
}
