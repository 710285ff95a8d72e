import type { AccordionPanel, Widget } from '@lumino/widgets';
import { shareRoom } from './shareRoom.js';

/** Pixels below the last line, for its margin and a border. */
const BELOW = 10;

/** Gives the sections of a sidebar room by what is in them, until somebody moves a handle or folds one. */
export function fitSections(panel: AccordionPanel): void {
  let frame = 0;
  const fit = () => {
    frame = 0;
    const { widgets } = panel;
    if (!panel.isVisible) return;
    const room = widgets.reduce((sum, { node }) => sum + node.offsetHeight, 0);
    if (room > 0) panel.setRelativeSizes([...shareRoom(room, widgets.slice(1).map(contentHeight))]);
  };
  const later = () => {
    frame ||= requestAnimationFrame(fit);
  };
  const changes = new MutationObserver(later);
  for (const { node } of panel.widgets.slice(1)) changes.observe(node, { childList: true, subtree: true });
  const sizes = new ResizeObserver(later);
  sizes.observe(panel.node);
  const stop = () => {
    cancelAnimationFrame(frame);
    changes.disconnect();
    sizes.disconnect();
  };
  panel.handleMoved.connect(stop);
  panel.expansionToggled.connect(stop);
  panel.disposed.connect(stop);
}

function contentHeight({ node }: Widget): number {
  const { top } = node.getBoundingClientRect();
  const last = node.lastElementChild?.getBoundingClientRect();
  return last ? last.bottom - top + node.scrollTop + BELOW : 0;
}
