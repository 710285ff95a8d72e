import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CheckpointSummary } from '../../../kernel/src/contract.js';
import { formatBytes, formatDuration, formatTime } from '../shared/format.js';
import { LaneCell } from './LaneCell.js';
import type { GraphRow } from './rows.js';
import { titleOf } from './titleOf.js';

export const ROW_HEIGHT = 26;

interface Props {
  readonly row: GraphRow;
  readonly index: number;
  readonly count: number;
  readonly width: number;
  /** How many worldlines are named in the row; the others are counted, and named at a click. */
  readonly heads: number;
  readonly selected: boolean;
  readonly activeId: string | null;
  readonly trans: TranslationBundle;
  readonly onSelect: (checkpoint: string) => void;
  readonly onOpen: (checkpoint: CheckpointSummary, worldline?: string) => void;
}

export function GraphTreeRow({
  row,
  index,
  count,
  width,
  heads: most,
  selected,
  activeId,
  trans,
  onSelect,
  onOpen,
}: Props) {
  const { checkpoint, heads } = row;
  const [all, setAll] = React.useState(false);
  const unnamed = heads.slice(most);
  const classes = ['wl-Row'];
  if (selected) classes.push('wl-mod-selected');
  if (!row.onPath) classes.push('wl-mod-off');
  const select = () => {
    onSelect(checkpoint.id);
  };
  return (
    <div
      id={`wl-row-${checkpoint.id}`}
      className={classes.join(' ')}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-selected={selected}
      data-wl-checkpoint={checkpoint.id}
      data-wl-worldline={heads[0]?.id ?? checkpoint.worldline}
      style={{ position: 'absolute', top: index * ROW_HEIGHT, height: ROW_HEIGHT }}
      title={describe(row, activeId, trans)}
      onClick={select}
      onContextMenu={select}
      onDoubleClick={(event) => {
        const head = (event.target as HTMLElement).closest<HTMLElement>('.wl-Head');
        onOpen(checkpoint, head?.dataset['wlWorldline']);
      }}
    >
      <LaneCell row={row} width={width} height={ROW_HEIGHT} />
      {heads.slice(0, all ? undefined : most).map((head) => (
        <span
          key={head.id}
          className={`wl-Head ${head.id === activeId ? 'wl-mod-active' : ''} ${head.earlier ? 'wl-mod-earlier' : ''}`}
          data-wl-worldline={head.id}
          title={head.name}
        >
          {head.name}
        </span>
      ))}
      {unnamed.length > 0 && (
        <button
          className="wl-MoreHeads"
          tabIndex={-1}
          aria-expanded={all}
          title={unnamed.map((head) => head.name).join('\n')}
          onClick={() => {
            setAll(!all);
          }}
          onDoubleClick={(event) => {
            event.stopPropagation();
          }}
        >
          {all ? '−' : `+${unnamed.length}`}
        </button>
      )}
      <span className={`wl-Kind wl-kind-${checkpoint.kind}`}>{kindName(checkpoint.kind, trans)}</span>
      <span className="wl-Title">
        {row.line ?? (titleOf(checkpoint) || (checkpoint.kind === 'root' ? trans.__('Start') : ''))}
      </span>
      {checkpoint.status !== 'ok' && (
        <span className={`wl-Status wl-mod-${checkpoint.status}`}>
          {statusName(checkpoint.status, trans)}
        </span>
      )}
      <span className="wl-Time">{formatTime(checkpoint.started)}</span>
    </div>
  );
}

function kindName(kind: CheckpointSummary['kind'], trans: TranslationBundle): string {
  switch (kind) {
    case 'sql':
      return 'SQL';
    case 'python':
      return 'Py';
    case 'ask':
      return trans.__('Ask');
    case 'magic':
      return '%';
    case 'step':
      return trans.__('Step');
    case 'root':
      return '';
  }
}

function statusName(status: CheckpointSummary['status'], trans: TranslationBundle): string {
  switch (status) {
    case 'ok':
      return trans.__('ok');
    case 'error':
      return trans.__('failed');
    case 'interrupted':
      return trans.__('stopped');
  }
}

function describe(row: GraphRow, activeId: string | null, trans: TranslationBundle): string {
  const { checkpoint, heads, onPath } = row;
  const isHere = heads[0] ? heads[0].id === activeId : onPath;
  const lines = [
    checkpoint.title,
    row.line ?? '',
    `${new Date(checkpoint.started).toLocaleString()} · ${formatDuration(checkpoint.ended - checkpoint.started)}`,
  ];
  if (checkpoint.bytes !== null) lines.push(trans.__('%1 stored', formatBytes(checkpoint.bytes)));
  lines.push(isHere ? trans.__('Double click to show the cell') : trans.__('Double click to switch here'));
  return lines.filter((line) => line !== '').join('\n');
}
