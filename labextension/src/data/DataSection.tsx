import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import type { DataFolder, TableInfo } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { CurrentSessionWidget } from '../shared/CurrentSessionWidget.js';
import { formatBytes, formatCount, shortPath } from '../shared/format.js';
import { useAnswer } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { draggedAs } from './draggedAs.js';
import { Foldable } from './Foldable.js';
import { groupTables, localName } from './tableNames.js';

/** Tables by database, and the folders that SQL and Python may read. */
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
            <Table key={table.name} table={table} services={services} />
          ))}
        </React.Fragment>
      ))}
    </section>
  );
}

function Table({ table, services }: { table: TableInfo; services: Services }) {
  const { trans, app } = services;
  const insert = (name: string) => () => {
    void app.commands.execute(CommandIds.insertName, { name });
  };
  return (
    <Foldable
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
            <button
              className="wl-Name"
              title={trans.__('Insert the name into the cell')}
              {...draggedAs(column.quoted ?? column.name)}
              onClick={insert(column.quoted ?? column.name)}
            >
              {column.name}
            </button>
            <span className="wl-Quiet">{column.type}</span>
          </li>
        ))}
      </ul>
    </Foldable>
  );
}

function Folders({ session, services }: Props) {
  const { trans, app } = services;
  const { value, error } = useAnswer(session, 'folders', {});
  return (
    <section className="wl-Group">
      <header className="wl-Group-bar">
        <h3>{trans.__('Data folders')}</h3>
        <button
          className="wl-LinkButton"
          onClick={() => {
            void app.commands.execute(CommandIds.allowFolder);
          }}
        >
          {trans.__('Allow a folder…')}
        </button>
      </header>
      {error !== null && <p className="wl-Error">{error}</p>}
      {value?.folders.map((folder) => (
        <Folder key={folder.path} folder={folder} services={services} />
      ))}
    </section>
  );
}

function Folder({ folder, services }: { folder: DataFolder; services: Services }) {
  const { trans, app } = services;
  const path = shortPath(folder.path);
  const name = PathExt.basename(path);
  return (
    <Foldable
      data={folder.granted ? { 'data-wl-folder': folder.path } : {}}
      line={
        <span className="wl-Title wl-Path" title={folder.path}>
          <span className="wl-Path-before">{path.slice(0, path.length - name.length)}</span>
          <span className="wl-Path-name">{name}</span>
        </span>
      }
      action={
        folder.granted && (
          <button
            className="wl-LinkButton"
            onClick={() => {
              void app.commands.execute(CommandIds.revokeFolder, { folder: folder.path });
            }}
          >
            {trans.__('Revoke')}
          </button>
        )
      }
    >
      <ul className="wl-Columns">
        {folder.entries.map((entry) => (
          <li key={entry.name} data-wl-name={asText(entry.name)}>
            <button
              className="wl-Name"
              title={trans.__('Insert the name into the cell')}
              {...draggedAs(asText(entry.name))}
              onClick={() => {
                void app.commands.execute(CommandIds.insertName, { name: asText(entry.name) });
              }}
            >
              {entry.folder ? `${entry.name}/` : entry.name}
            </button>
            {!entry.folder && <span className="wl-Quiet">{formatBytes(entry.bytes)}</span>}
          </li>
        ))}
      </ul>
    </Foldable>
  );
}

/** A file's name as SQL and Python both take it. */
function asText(name: string): string {
  return name.includes("'") ? `"${name}"` : `'${name}'`;
}
