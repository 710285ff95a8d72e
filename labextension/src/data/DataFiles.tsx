import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import type { DataFolder } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { formatBytes, shortPath } from '../shared/format.js';
import { useAnswer } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { Foldable } from './Foldable.js';
import { InsertName } from './InsertName.js';
import { byName } from './tableNames.js';

interface Props {
  readonly session: NotebookSession;
  readonly services: Services;
}

/** The folders that SQL and Python may read beside the workspace. */
export function Folders({ session, services }: Props) {
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
        <Folder key={folder.path} folder={folder} session={session} services={services} />
      ))}
    </section>
  );
}

function Folder({ folder, session, services }: Props & { folder: DataFolder }) {
  const { trans, app } = services;
  const path = shortPath(folder.path);
  const name = PathExt.basename(path);
  return (
    <Foldable
      name={folder.path}
      session={session}
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
          <FileName
            key={entry.name}
            name={entry.name}
            bytes={entry.folder ? null : entry.bytes}
            services={services}
          />
        ))}
      </ul>
    </Foldable>
  );
}

/** The files that cells of this worldline wrote. */
export function WorkspaceFiles({ session, services }: Props) {
  const { value, error } = useAnswer(session, 'artifacts', {});
  const files = [...(value?.artifacts ?? [])].sort((a, b) => byName(a.path, b.path));
  if (error === null && files.length === 0) return null;
  return (
    <section className="wl-Group">
      <header className="wl-Group-bar">
        <h3>{services.trans.__('Files of the workspace')}</h3>
      </header>
      {error !== null && <p className="wl-Error">{error}</p>}
      <ul className="wl-Columns">
        {files.map(({ path, bytes }) => (
          <FileName key={path} name={path} bytes={bytes} services={services} />
        ))}
      </ul>
    </section>
  );
}

/** A file, or a folder where it has no size, whose name can be put into the cell. */
function FileName({ name, bytes, services }: { name: string; bytes: number | null; services: Services }) {
  const text = asText(name);
  return (
    <li data-wl-name={text}>
      <InsertName text={text} services={services}>
        {bytes === null ? `${name}/` : name}
      </InsertName>
      {bytes !== null && <span className="wl-Quiet">{formatBytes(bytes)}</span>}
    </li>
  );
}

/** A file's name as SQL and Python both take it. */
function asText(name: string): string {
  return name.includes("'") ? `"${name}"` : `'${name}'`;
}
