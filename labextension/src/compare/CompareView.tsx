import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CellRecord, Comparison } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { messageOf, useSignal } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { CellView } from '../worldlines/CellView.js';
import { titleOf } from '../worldlines/titleOf.js';
import { alignCells, pairTries } from './alignCells.js';
import { Differences } from './Differences.js';

/** Two worldlines side by side, from their fork. */
export class CompareView extends ReactWidget {
  constructor(
    private readonly session: NotebookSession,
    private readonly services: Services,
    private readonly a: string,
    private readonly b: string,
  ) {
    super();
    this.addClass('wl-Compare');
  }

  protected override render(): React.ReactElement {
    return <Compare session={this.session} services={this.services} a={this.a} b={this.b} />;
  }
}

interface Props {
  readonly session: NotebookSession;
  readonly services: Services;
  readonly a: string;
  readonly b: string;
}

function Compare({ session, services, a, b }: Props) {
  useSignal(session.changed);
  const { trans } = services;
  const { graph } = session;
  const [comparison, setComparison] = React.useState<Comparison | null>(null);
  const [error, setError] = React.useState<string | null>(null);
  const heads = [graph.worldline(a)?.head, graph.worldline(b)?.head].join();
  React.useEffect(() => {
    let wanted = true;
    session
      .request('compare', { a, b })
      .then((answer) => {
        if (wanted) setComparison(answer);
      })
      .catch((reason: unknown) => {
        if (wanted) setError(messageOf(reason));
      });
    return () => {
      wanted = false;
    };
  }, [session, a, b, heads]);
  if (error !== null) return <p className="wl-Error">{error}</p>;
  if (!comparison) return <p className="wl-Hint">{trans.__('Comparing…')}</p>;
  const ancestor = comparison.ancestor === null ? null : graph.checkpoint(comparison.ancestor);
  return (
    <>
      <div className="wl-Compare-row wl-Compare-heads">
        <Head session={session} services={services} worldline={a} />
        <Head session={session} services={services} worldline={b} />
      </div>
      <p className="wl-Compare-fork">
        {ancestor
          ? trans.__('Both come from: %1', titleOf(ancestor) || trans.__('the start'))
          : trans.__('They have no cell in common.')}
      </p>
      {pairTries(alignCells(cellsOf(comparison.cellsA), cellsOf(comparison.cellsB))).map(
        ({ a: left, b: right }) => (
          <div className="wl-Compare-row" key={`${left?.checkpoint ?? ''}|${right?.checkpoint ?? ''}`}>
            <Side cell={left} services={services} />
            <Side cell={right} services={services} />
          </div>
        ),
      )}
      <Differences comparison={{ ...comparison, a, b }} session={session} services={services} />
    </>
  );
}

function Head({
  session,
  services,
  worldline,
}: {
  session: NotebookSession;
  services: Services;
  worldline: string;
}) {
  const { trans, app } = services;
  const { graph } = session;
  const args = { worldline, notebook: session.panel.context.path };
  const active = graph.activeId === worldline;
  const adopted = graph.worldline(worldline)?.head === graph.active?.head;
  return (
    <div className="wl-Compare-head">
      <h2 title={graph.worldline(worldline)?.name}>{graph.worldline(worldline)?.name ?? worldline}</h2>
      {active ? (
        <span className="wl-Quiet">{trans.__('active')}</span>
      ) : (
        <>
          <button
            className="wl-LinkButton"
            onClick={() => {
              void app.commands.execute(CommandIds.switch, args);
            }}
          >
            {trans.__('Switch to it')}
          </button>
          {!adopted && (
            <button
              className="wl-LinkButton"
              onClick={() => {
                void app.commands.execute(CommandIds.adopt, args);
              }}
            >
              {trans.__('Adopt')}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function Side({ cell, services }: { cell: CellRecord | null; services: Services }) {
  return <div className="wl-Compare-side">{cell && <CellView cell={cell} services={services} />}</div>;
}

function cellsOf(records: readonly CellRecord[]): readonly CellRecord[] {
  return records.filter((record) => record.kind !== 'root' && record.kind !== 'step');
}
