import { ToolbarButtonComponent, closeIcon, undoIcon, launchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CellRecord } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { messageOf } from '../shared/hooks.js';
import { branchIcon } from '../shared/icons.js';
import type { Services } from '../shared/Services.js';
import { CellView } from './CellView.js';
import { titleOf } from './titleOf.js';

interface Props {
  readonly id: string;
  readonly session: NotebookSession;
  readonly services: Services;
}

/** The selected checkpoint's cell, and what can be done with it. */
export function CheckpointDetails({ id, session, services }: Props) {
  const { trans, app } = services;
  const [cell, setCell] = React.useState<CellRecord | null>(null);
  const [error, setError] = React.useState<string | null>(null);
  React.useEffect(() => {
    let wanted = true;
    session
      .request('checkpoint', { id })
      .then((record) => {
        if (wanted) setCell(record);
      })
      .catch((reason: unknown) => {
        if (wanted) setError(messageOf(reason));
      });
    return () => {
      wanted = false;
    };
  }, [session, id]);
  const run = (command: string) => () => {
    void app.commands.execute(command, { checkpoint: id });
  };
  const checkpoint = session.graph.checkpoint(id);
  const title = checkpoint ? titleOf(checkpoint) : '';
  return (
    <section className="wl-Details" aria-label={trans.__('Selected checkpoint')}>
      <header className="wl-Details-bar">
        <span className="wl-Title" title={title}>
          {title || trans.__('Start')}
        </span>
        <ToolbarButtonComponent
          icon={branchIcon}
          tooltip={trans.__('Branch here')}
          onClick={run(CommandIds.branch)}
        />
        <ToolbarButtonComponent
          icon={undoIcon}
          tooltip={trans.__('Undo to here')}
          onClick={run(CommandIds.undoTo)}
        />
        <ToolbarButtonComponent
          icon={launchIcon}
          tooltip={trans.__('Open beside the notebook')}
          onClick={run(CommandIds.openCheckpoint)}
        />
        <ToolbarButtonComponent
          icon={closeIcon}
          tooltip={trans.__('Close')}
          onClick={() => {
            session.selected = null;
          }}
        />
      </header>
      <div className="wl-Details-body">
        {error !== null && <p className="wl-Error">{error}</p>}
        {cell && cell.kind === 'root' && (
          <p className="wl-Hint">{trans.__('The empty start of a session.')}</p>
        )}
        {cell && cell.kind !== 'root' && <CellView cell={cell} services={services} />}
      </div>
    </section>
  );
}
