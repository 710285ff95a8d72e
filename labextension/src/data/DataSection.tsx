import * as React from 'react';
import type { TableInfo } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { CurrentSessionWidget } from '../shared/CurrentSessionWidget.js';
import { formatCount } from '../shared/format.js';
import { useAnswer } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { Folders, WorkspaceFiles } from './DataFiles.js';
import { draggedAs } from './draggedAs.js';
import { Foldable } from './Foldable.js';
import { InsertName } from './InsertName.js';
import { groupTables, localName } from './tableNames.js';

/** Tables by database, the folders that SQL and Python may read, and the files of the workspace. */
export class DataSection extends CurrentSessionWidget {
  constructor(services: Services) {
    super(services);
    this.id = 'worldline-data';
    this.title.label = services.trans.__('Data');
  }

  protected override view(session: NotebookSession): React.ReactElement {
    return (
      <>
        <Tables session={session} services={this.services} />
        <Folders session={session} services={this.services} />
        <WorkspaceFiles session={session} services={this.services} />
      </>
    );
  }
}

interface Props {
  readonly session: NotebookSession;
  readonly services: Services;
}

function Tables({ session, services }: Props) {
  const { trans, app } = services;
  const { value, error } = useAnswer(session, 'tables', {});
  const groups = groupTables(value?.tables ?? []);
  return (
    <section className="wl-Group">
      <header className="wl-Group-bar">
        <h3>{trans.__('Tables')}</h3>
        {groups.length > 0 && (
          <button
            className="wl-LinkButton"
            onClick={() => {
              void app.commands.execute(CommandIds.schemaDiagram);
            }}
          >
            {trans.__('Diagram')}
          </button>
        )}
      </header>
      {error !== null && <p className="wl-Error">{error}</p>}
      {value && groups.length === 0 && (
        <p className="wl-Hint">
          {trans.__('No tables yet: create one with %1, or bring in a file with %2.', '%%sql', '%load')}
        </p>
      )}
      {groups.map(({ database, tables }) => (
        <React.Fragment key={database}>
          {database !== '' && <h4 className="wl-Database">{database}</h4>}
          {tables.map((table) => (
            <Table key={table.name} table={table} session={session} services={services} />
          ))}
        </React.Fragment>
      ))}
    </section>
  );
}

function Table({ table, session, services }: Props & { table: TableInfo }) {
  const { trans, app } = services;
  return (
    <Foldable
      name={table.name}
      session={session}
      data={{ 'data-wl-table': table.name, 'data-wl-name': table.name }}
      line={
        <>
          <span className="wl-Title" title={table.name} {...draggedAs(table.name)}>
            {localName(table.name)}
          </span>
          {table.kind === 'view' && <span className="wl-Quiet">{trans.__('view')}</span>}
          {table.rows !== null && (
            <span
              className="wl-Quiet"
              title={trans._n('%2 row', '%2 rows', table.rows, table.rows.toLocaleString())}
            >
              {formatCount(table.rows)}
            </span>
          )}
        </>
      }
      action={
        <button
          className="wl-LinkButton"
          onClick={() => {
            void app.commands.execute(CommandIds.previewTable, { table: table.name });
          }}
        >
          {trans.__('Preview')}
        </button>
      }
    >
      <ul className="wl-Columns">
        {table.columns.map((column) => (
          <li key={column.name} data-wl-name={column.quoted ?? column.name}>
            <InsertName text={column.quoted ?? column.name} services={services}>
              {column.name}
            </InsertName>
            <span className="wl-Quiet">{column.type}</span>
          </li>
        ))}
      </ul>
    </Foldable>
  );
}
