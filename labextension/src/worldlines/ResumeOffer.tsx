import * as React from 'react';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';

/** Where a kernel has begun anew and nothing has run yet: goes on, at a click, with the worldline that ran last. */
export function ResumeOffer({ session, services }: { session: NotebookSession; services: Services }) {
  const { trans, app } = services;
  const { graph } = session;
  const last = graph.lastEarlier;
  const isFresh = graph.active !== null && graph.checkpoint(graph.active.head)?.kind === 'root';
  if (last === null || !isFresh || session.link.status !== 'ready') return null;
  const args = { worldline: last.id, notebook: session.panel.context.path };
  return (
    <div className="wl-Resume">
      <span>{trans.__('This kernel began anew.')}</span>
      <button
        className="wl-LinkButton"
        onClick={() => {
          void app.commands.execute(CommandIds.resume, args);
        }}
      >
        {trans.__('Resume %1', last.name)}
      </button>
    </div>
  );
}
