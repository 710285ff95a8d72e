import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { TableInfo, TableKey } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { useAnswer, useWidth } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { declaredJoins, sameJoin } from './declaredJoins.js';
import { guessJoins } from './guessJoins.js';

const WIDTH = 240;
const ROW = 20;
const HEAD = 26;
const GAP = 50;
/** Where a column's name begins, beside whether it is a key where any of the table is. */
const NAME = { plain: 8, besideKeys: 34 };
const MOST_COLUMNS = 30;

/** Tables with their columns and keys: foreign keys as lines, likely joins as dashed ones. */
export class SchemaDiagram extends ReactWidget {
  constructor(
    private readonly session: NotebookSession,
    private readonly services: Services,
  ) {
    super();
    this.addClass('wl-SchemaDiagram');
  }

  protected override render(): React.ReactElement {
    return <Diagram session={this.session} services={this.services} />;
  }
}

interface Box {
  readonly table: TableInfo;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

function Diagram({ session, services: { trans } }: { session: NotebookSession; services: Services }) {
  const { value, error } = useAnswer(session, 'tables', {});
  const keys = useAnswer(session, 'keys', {}).value?.keys ?? [];
  const host = React.useRef<HTMLDivElement>(null);
  const room = useWidth(host);
  if (error !== null) return <p className="wl-Error">{error}</p>;
  const tables = value?.tables ?? [];
  const boxes = place(tables, Math.max(1, Math.floor(room / (WIDTH + GAP))));
  const declared = declaredJoins(keys);
  const guesses = guessJoins(tables).filter((guess) => !declared.some((join) => sameJoin(join, guess)));
  const width = Math.max(0, ...boxes.map((box) => box.x)) + WIDTH + GAP;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + GAP;
  return (
    <div ref={host}>
      {guesses.length > 0 && (
        <p className="wl-Hint">
          {trans.__('Dashed lines are guesses from names and types; nobody declared them.')}
        </p>
      )}
      <svg width={width} height={height} role="img" aria-label={trans.__('Tables and likely joins')}>
        {[...declared, ...guesses].map((join) => (
          <path
            key={`${join.from}.${join.fromColumn}-${join.to}.${join.toColumn}`}
            className={guesses.includes(join) ? 'wl-Join' : 'wl-Join wl-mod-declared'}
            d={curve(anchor(boxes, join.from, join.fromColumn), anchor(boxes, join.to, join.toColumn))}
          >
            <title>{`${join.from}.${join.fromColumn} → ${join.to}.${join.toColumn}`}</title>
          </path>
        ))}
        {boxes.map((box) => (
          <TableBox
            key={box.table.name}
            box={box}
            keys={keys.filter((key) => key.table === box.table.name)}
          />
        ))}
      </svg>
    </div>
  );
}

function TableBox({ box: { table, x, y, height }, keys }: { box: Box; keys: readonly TableKey[] }) {
  const names = keys.length > 0 ? NAME.besideKeys : NAME.plain;
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect className="wl-Box" width={WIDTH} height={height} rx="3" />
      <text className="wl-Box-name" x="8" y="18">
        {clip(table.name, 26)}
      </text>
      <path className="wl-Box-line" d={`M0 ${HEAD}H${WIDTH}`} />
      {table.columns.slice(0, MOST_COLUMNS).map((column, index) => (
        <React.Fragment key={column.name}>
          <text className="wl-Box-key" x={NAME.plain} y={HEAD + index * ROW + 15}>
            {keyMark(column.name, keys)}
          </text>
          <text x={names} y={HEAD + index * ROW + 15}>
            {clip(column.name, 18)}
          </text>
          <text className="wl-Box-type" x={WIDTH - 8} y={HEAD + index * ROW + 15} textAnchor="end">
            {clip(column.type, 12)}
          </text>
        </React.Fragment>
      ))}
      {table.columns.length > MOST_COLUMNS && (
        <text className="wl-Box-type" x="8" y={HEAD + MOST_COLUMNS * ROW + 15}>
          {`+ ${table.columns.length - MOST_COLUMNS}`}
        </text>
      )}
    </g>
  );
}

/** Primary key, foreign key, or neither; one that is both is told as the primary key that it is. */
function keyMark(column: string, keys: readonly TableKey[]): string {
  const of = keys.filter((key) => key.columns.includes(column));
  if (of.some((key) => key.references === null)) return 'PK';
  return of.length > 0 ? 'FK' : '';
}

/** As many stacks side by side as fit; each table goes where there's most room. */
function place(tables: readonly TableInfo[], stacks: number): readonly Box[] {
  const bottoms = Array.from({ length: stacks }, () => 20);
  return tables.map((table) => {
    const rows = Math.min(table.columns.length, MOST_COLUMNS) + (table.columns.length > MOST_COLUMNS ? 1 : 0);
    const height = HEAD + rows * ROW + 6;
    const stack = bottoms.indexOf(Math.min(...bottoms));
    const y = bottoms[stack] ?? 20;
    bottoms[stack] = y + height + 30;
    return { table, x: 10 + stack * (WIDTH + GAP), y, height };
  });
}

interface Anchor {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

function anchor(boxes: readonly Box[], name: string, column: string): Anchor {
  const box = boxes.find((each) => each.table.name === name);
  if (!box) return { left: 0, right: 0, y: 0 };
  const index = box.table.columns.findIndex((each) => each.name === column);
  return { left: box.x, right: box.x + WIDTH, y: box.y + HEAD + Math.min(index, MOST_COLUMNS) * ROW + 10 };
}

function curve(a: Anchor, b: Anchor): string {
  if (a.left === b.left) {
    // The further a line leads, the further out it runs, so that those of one stack can be told apart.
    const out = a.right + Math.min(GAP, 16 + Math.abs(a.y - b.y) / 12) / 0.75;
    return `M${a.right} ${a.y}C${out} ${a.y} ${out} ${b.y} ${b.right} ${b.y}`;
  }
  const [from, to] = a.left < b.left ? [a.right, b.left] : [a.left, b.right];
  const middle = (from + to) / 2;
  return `M${from} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${to} ${b.y}`;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
