import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CheckpointSummary } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { useKeptScroll } from '../shared/useKept.js';
import { GraphTreeRow, ROW_HEIGHT } from './GraphTreeRow.js';
import { laneWidth } from './LaneCell.js';
import type { GraphRows } from './rows.js';
import { moveInTree } from './treeKeys.js';

interface Props {
  readonly rows: GraphRows;
  readonly session: NotebookSession;
  readonly activeId: string | null;
  readonly trans: TranslationBundle;
  /** Null: nothing is selected any more. */
  readonly onSelect: (checkpoint: string | null) => void;
  /** Double click or Enter; with the worldline whose name was clicked. */
  readonly onOpen: (checkpoint: CheckpointSummary, worldline?: string) => void;
}

const OVERSCAN = 8;
/** Pixels of a row that are for what ran and when, and those that a worldline's name may take. */
const WORDS = 150;
const HEAD = 90;

/** The checkpoints as a tree that is drawn only where it can be seen. */
export function GraphTree({ rows: { rows, width }, session, activeId, trans, onSelect, onOpen }: Props) {
  const { selected } = session;
  const scroller = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: 0, height: 400, width: 0 });
  const selectedIndex = rows.findIndex((row) => row.checkpoint.id === selected);
  const shown = React.useRef(selectedIndex);
  useKeptScroll(session, 'scroll graph', () => scroller.current);

  React.useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) return;
    const observer = new ResizeObserver(() => {
      setView({ top: node.scrollTop, height: node.clientHeight, width: node.clientWidth });
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  }, []);

  React.useEffect(() => {
    const node = scroller.current;
    if (!node || selectedIndex < 0 || selectedIndex === shown.current) return;
    const top = selectedIndex * ROW_HEIGHT;
    if (top < node.scrollTop) node.scrollTop = top;
    else if (top + ROW_HEIGHT > node.scrollTop + node.clientHeight) {
      node.scrollTop = top + ROW_HEIGHT - node.clientHeight;
    }
    shown.current = selectedIndex;
  }, [selectedIndex]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = rows[selectedIndex];
    if (event.key === 'Enter' && at) onOpen(at.checkpoint);
    else if (event.key === 'Escape') onSelect(null);
    else {
      const to = moveInTree(rows, selectedIndex, event.key, Math.floor(view.height / ROW_HEIGHT));
      const row = to === null ? undefined : rows[to];
      if (!row) return;
      onSelect(row.checkpoint.id);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** The key for menus means the selected row, and not the tree that has the focus. */
  const onContextMenu = (event: React.MouseEvent) => {
    if (event.target !== event.currentTarget || event.button === 2) return;
    const row = event.currentTarget.querySelector('[aria-selected="true"]');
    if (!row) return;
    event.preventDefault();
    event.stopPropagation();
    const { left, bottom } = row.getBoundingClientRect();
    row.dispatchEvent(
      new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 20, clientY: bottom }),
    );
  };

  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW_HEIGHT) + OVERSCAN);
  const heads = headsThatFit(view.width - laneWidth(width));
  return (
    <div
      ref={scroller}
      className="wl-Graph"
      role="tree"
      tabIndex={0}
      aria-label={trans.__('Checkpoints, newest first')}
      aria-activedescendant={
        selectedIndex >= first && selectedIndex < last ? `wl-row-${selected ?? ''}` : undefined
      }
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      onScroll={(event) => {
        const { scrollTop, clientHeight, clientWidth } = event.currentTarget;
        setView({ top: scrollTop, height: clientHeight, width: clientWidth });
      }}
    >
      <div role="presentation" style={{ height: rows.length * ROW_HEIGHT, position: 'relative' }}>
        {rows.slice(first, last).map((row, index) => (
          <GraphTreeRow
            key={row.checkpoint.id}
            row={row}
            index={first + index}
            count={rows.length}
            width={width}
            heads={heads}
            selected={row.checkpoint.id === selected}
            activeId={activeId}
            trans={trans}
            onSelect={onSelect}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}

function headsThatFit(room: number): number {
  return Math.max(1, Math.floor((room - WORDS) / HEAD));
}
