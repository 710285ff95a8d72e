import type { TranslationBundle } from '@jupyterlab/translation';
import { MessageLoop, type Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { CheckpointSummary } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { CurrentSessionWidget } from '../shared/CurrentSessionWidget.js';
import { useSignal } from '../shared/hooks.js';
import { KernelGone, Notices } from '../shared/Notices.js';
import type { Services } from '../shared/Services.js';
import { useKept } from '../shared/useKept.js';
import { CheckpointDetails } from './CheckpointDetails.js';
import { GraphTree } from './GraphTree.js';
import { ResumeOffer } from './ResumeOffer.js';
import { graphRows, type GraphFilter } from './rows.js';
import { titleOf } from './titleOf.js';
import { useSourceHits } from './useSourceHits.js';

/** The graph of the notebook in front, with the selected checkpoint's cell below it. */
export class WorldlinesSection extends CurrentSessionWidget {
  constructor(services: Services) {
    super(services);
    this.id = 'worldline-graph';
    this.title.label = services.trans.__('Worldlines');
    this.addClass('wl-Worldlines');
  }

  protected override view(session: NotebookSession): React.ReactElement {
    return <WorldlinesView session={session} services={this.services} />;
  }

  protected override viewWithoutKernel(): React.ReactElement {
    return <KernelGone trans={this.services.trans} />;
  }

  /** The focus goes to the graph, which is drawn by now or, where the sidebar was hidden, in a moment. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    MessageLoop.sendMessage(this, Widget.Msg.UpdateRequest);
    void this.renderPromise?.then(() => {
      const { node } = this;
      (node.querySelector<HTMLElement>('.wl-Graph') ?? node.querySelector('input'))?.focus();
    });
  }
}

function WorldlinesView({ session, services }: { session: NotebookSession; services: Services }) {
  useSignal(session.changed);
  const { trans, app } = services;
  const { graph } = session;
  const [filter, setFilter] = useKept<GraphFilter>(session, 'filter', { text: '', show: 'all' });
  const hits = useSourceHits(session, filter.text);
  const newest = graph.newestFirst;
  const heads = graph.worldlines;
  const rows = React.useMemo(
    () => graphRows(graph, filter, hits),
    [
      graph,
      filter,
      hits,
      newest,
      graph.activeId,
      heads.map((each) => `${each.id}${each.head}${each.name}`).join(),
    ],
  );
  const open = (checkpoint: CheckpointSummary, worldline?: string) => {
    const target = worldline ?? graph.opens(checkpoint.id);
    void (target === graph.activeId
      ? app.commands.execute(CommandIds.revealCell, { checkpoint: checkpoint.id })
      : app.commands.execute(CommandIds.switch, { worldline: target }));
  };
  const begin =
    session.link.status === 'ready' && trans.__('Run a cell: each one becomes a checkpoint here.');
  return (
    <>
      <Notices session={session} trans={trans} />
      <ResumeOffer session={session} services={services} />
      <FilterBar filter={filter} onChange={setFilter} trans={trans} />
      {graph.running && (
        <div className="wl-Running" role="status">
          <span className="wl-Spinner" aria-hidden="true" />
          <span className="wl-Title">{titleOf(graph.running) || trans.__('Running')}</span>
        </div>
      )}
      {rows.rows.length === 0 ? (
        <p className="wl-Hint">{newest.length === 0 ? begin : trans.__('Nothing matches.')}</p>
      ) : (
        <GraphTree
          rows={rows}
          session={session}
          activeId={graph.activeId}
          trans={trans}
          onSelect={(id) => {
            session.selected = id;
          }}
          onOpen={open}
        />
      )}
      {session.selected !== null && (
        <CheckpointDetails
          key={session.selected}
          id={session.selected}
          session={session}
          services={services}
        />
      )}
    </>
  );
}

function FilterBar({
  filter,
  onChange,
  trans,
}: {
  filter: GraphFilter;
  onChange: (filter: GraphFilter) => void;
  trans: TranslationBundle;
}) {
  const choices: readonly [GraphFilter['show'], string][] = [
    ['all', trans.__('All')],
    ['active', trans.__('Active worldline')],
    ['heads', trans.__('Heads')],
    ['asks', trans.__('Questions')],
    ['errors', trans.__('Failed')],
  ];
  return (
    <div className="wl-Filter">
      <input
        type="search"
        className="wl-Input"
        placeholder={trans.__('Search cells')}
        aria-label={trans.__('Search cells')}
        value={filter.text}
        onChange={(event) => {
          onChange({ ...filter, text: event.target.value });
        }}
      />
      <select
        className="wl-Select"
        aria-label={trans.__('Which checkpoints to show')}
        value={filter.show}
        onChange={(event) => {
          onChange({ ...filter, show: event.target.value as GraphFilter['show'] });
        }}
      >
        {choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
