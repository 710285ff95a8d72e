import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type {
  Change,
  Comparison,
  Requests,
  TableDifference,
  TablePage,
} from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { formatBytes } from '../shared/format.js';
import { messageOf } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';

const ROWS = 50;

interface Props {
  readonly comparison: Comparison;
  readonly session: NotebookSession;
  readonly services: Services;
}

/** What differs in tables, files and variables. */
export function Differences({ comparison, session, services }: Props) {
  const { trans } = services;
  const { tables, files, variables } = comparison;
  if (tables.length + files.length + variables.length === 0) {
    return <p className="wl-Hint">{trans.__('Tables, files and variables are the same in both.')}</p>;
  }
  return (
    <div className="wl-Differences">
      {tables.length > 0 && <h3>{trans.__('Tables')}</h3>}
      {tables.map((table) => (
        <Table key={table.name} table={table} comparison={comparison} session={session} services={services} />
      ))}
      {files.length > 0 && (
        <Pairs
          title={trans.__('Files')}
          trans={trans}
          rows={files.map((file) => ({
            name: file.path,
            change: file.change,
            a: file.bytesA === null ? '' : formatBytes(file.bytesA),
            b: file.bytesB === null ? '' : formatBytes(file.bytesB),
          }))}
        />
      )}
      {variables.length > 0 && (
        <Pairs
          title={trans.__('Variables')}
          trans={trans}
          rows={variables.map((each) => ({
            name: each.name,
            change: each.change,
            a: each.a ?? '',
            b: each.b ?? '',
            note: differenceName(each.differs, trans),
          }))}
        />
      )}
    </div>
  );
}

interface PairRow {
  readonly name: string;
  readonly change: Change;
  readonly a: string;
  readonly b: string;
  /** In place of the change's name. */
  readonly note?: string | null;
}

function Pairs({
  title,
  rows,
  trans,
}: {
  title: string;
  rows: readonly PairRow[];
  trans: TranslationBundle;
}) {
  return (
    <>
      <h3>{title}</h3>
      <table className="wl-Grid wl-Pairs">
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <td>{row.name}</td>
              <td>{row.a}</td>
              <td>{row.b}</td>
              <td className="wl-Quiet">{row.note ?? changeName(row.change, trans)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Table({ table, comparison, session, services: { trans } }: Props & { table: TableDifference }) {
  const [rows, setRows] = React.useState<Requests['compareRows']['result'] | null>(null);
  const [error, setError] = React.useState<string | null>(null);
  const show = () => {
    const { a, b } = comparison;
    session
      .request('compareRows', { a, b, table: table.name, count: ROWS })
      .then((answer) => {
        setRows(answer);
        setError(null);
      })
      .catch((reason: unknown) => {
        setError(messageOf(reason));
      });
  };
  const hide = () => {
    setRows(null);
  };
  return (
    <section className="wl-TableDifference">
      <div className="wl-TableDifference-bar">
        <strong>{table.name}</strong>
        <span className="wl-Quiet">{changeName(table.change, trans)}</span>
        <span>{`${countOf(table.rowsA, trans)} | ${countOf(table.rowsB, trans)}`}</span>
        <span className="wl-Quiet">{columnChanges(table, trans)}</span>
        {table.change === 'changed' && (
          <button className="wl-LinkButton" aria-expanded={rows !== null} onClick={rows ? hide : show}>
            {rows ? trans.__('Hide rows') : trans.__('Show rows')}
          </button>
        )}
      </div>
      {error !== null && <p className="wl-Error">{error}</p>}
      {rows && (
        <div className="wl-Compare-row">
          <Rows page={rows.onlyA} trans={trans} />
          <Rows page={rows.onlyB} trans={trans} />
        </div>
      )}
    </section>
  );
}

function Rows({ page, trans }: { page: TablePage; trans: TranslationBundle }) {
  return (
    <div className="wl-Compare-side wl-Rows">
      <p className="wl-Quiet">
        {trans._n('%2 row only here', '%2 rows only here', page.total, page.total.toLocaleString())}
        {page.rows.length < page.total && trans.__(', the first %1 of them:', page.rows.length)}
      </p>
      {page.rows.length > 0 && (
        <table className="wl-Grid">
          <thead>
            <tr>
              {page.columns.map((column) => (
                <th key={column.name} className={column.kind === 'number' ? 'wl-mod-number' : ''}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {page.rows.map((row, index) => (
              <tr key={index}>
                {row.map((value, column) => (
                  <td key={column} className={page.columns[column]?.kind === 'number' ? 'wl-mod-number' : ''}>
                    {value ?? <em className="wl-Quiet">NULL</em>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function columnChanges(table: TableDifference, trans: TranslationBundle): string {
  const text = (columns: TableDifference['columnsA']) =>
    columns.map((column) => `${column.name} ${column.type}`);
  const [a, b] = [text(table.columnsA), text(table.columnsB)];
  const added = b.filter((column) => !a.includes(column));
  const removed = a.filter((column) => !b.includes(column));
  if (table.change !== 'changed') return '';
  return [
    removed.length > 0 ? trans.__('only left: %1', removed.join(', ')) : '',
    added.length > 0 ? trans.__('only right: %1', added.join(', ')) : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function countOf(rows: number | null, trans: TranslationBundle): string {
  return rows === null ? '–' : trans._n('%2 row', '%2 rows', rows, rows.toLocaleString());
}

function differenceName(
  differs: Comparison['variables'][number]['differs'],
  trans: TranslationBundle,
): string | null {
  switch (differs) {
    case 'type':
      return trans.__('another type');
    case 'shape':
      return trans.__('another shape');
    case 'values':
      return trans.__('other values');
    case null:
      return null;
  }
}

function changeName(change: Change, trans: TranslationBundle): string {
  switch (change) {
    case 'only-a':
      return trans.__('only left');
    case 'only-b':
      return trans.__('only right');
    case 'changed':
      return trans.__('changed');
  }
}
