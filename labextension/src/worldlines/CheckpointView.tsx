import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CellRecord } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { messageOf } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { CellView } from './CellView.js';

/** All cells up to a checkpoint, to read only, with the last one in view. */
export class CheckpointView extends ReactWidget {
  constructor(
    private readonly session: NotebookSession,
    private readonly services: Services,
    private readonly checkpoint: string,
  ) {
    super();
    this.addClass('wl-CheckpointView');
  }

  protected override render(): React.ReactElement {
    return <Cells session={this.session} services={this.services} checkpoint={this.checkpoint} />;
  }
}

function Cells({
  session,
  services,
  checkpoint,
}: {
  session: NotebookSession;
  services: Services;
  checkpoint: string;
}) {
  const { trans } = services;
  const [cells, setCells] = React.useState<readonly CellRecord[] | null>(null);
  const [error, setError] = React.useState<string | null>(null);
  const last = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    session
      .request('cells', { of: checkpoint })
      .then((answer) => {
        setCells(answer.cells.filter((cell) => cell.kind !== 'root' && cell.kind !== 'step'));
      })
      .catch((reason: unknown) => {
        setError(messageOf(reason));
      });
  }, [session, checkpoint]);
  React.useEffect(() => {
    last.current?.scrollIntoView();
  }, [cells]);
  if (error !== null) return <p className="wl-Error">{error}</p>;
  if (!cells) return null;
  return (
    <>
      <p className="wl-Hint">{trans.__('To read only: the cells as they were at this checkpoint.')}</p>
      {cells.map((cell, index) => (
        <div key={cell.checkpoint} ref={index === cells.length - 1 ? last : undefined}>
          <CellView cell={cell} services={services} />
        </div>
      ))}
    </>
  );
}
