import * as React from 'react';
import type { ArtifactInfo } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { CurrentSessionWidget } from '../shared/CurrentSessionWidget.js';
import { formatBytes, formatTime } from '../shared/format.js';
import { useAnswer } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';

/** Images above this size get no thumbnail. */
const LARGEST_THUMBNAIL = 2_000_000;

/** The files that this worldline's cells made. */
export class ArtifactsSection extends CurrentSessionWidget {
  constructor(services: Services) {
    super(services);
    this.id = 'worldline-artifacts';
    this.title.label = services.trans.__('Artifacts');
  }

  protected override view(session: NotebookSession): React.ReactElement {
    return <Artifacts session={session} services={this.services} />;
  }
}

interface Props {
  readonly session: NotebookSession;
  readonly services: Services;
}

function Artifacts({ session, services }: Props) {
  const { trans } = services;
  const { value, error } = useAnswer(session, 'artifacts', {});
  if (error !== null) return <p className="wl-Error">{error}</p>;
  if (!value) return null;
  if (value.artifacts.length === 0) {
    return <p className="wl-Hint">{trans.__('No files yet: what a cell saves shows up here.')}</p>;
  }
  return (
    <ul className="wl-Artifacts">
      {value.artifacts.map((artifact) => (
        <Artifact key={artifact.path} artifact={artifact} session={session} services={services} />
      ))}
    </ul>
  );
}

function Artifact({ artifact, session, services }: Props & { artifact: ArtifactInfo }) {
  const { trans, app } = services;
  const { path, checkpoint } = artifact;
  const run = (command: string) => () => {
    void app.commands.execute(command, checkpoint === null ? { path } : { path, checkpoint });
  };
  return (
    <li
      className="wl-Artifact"
      data-wl-path={path}
      {...(checkpoint !== null && { 'data-wl-checkpoint': checkpoint })}
    >
      <button
        className="wl-Artifact-open"
        title={trans.__('Open %1', path)}
        onClick={run(CommandIds.openArtifact)}
      >
        {artifact.type === 'image' && artifact.bytes <= LARGEST_THUMBNAIL ? (
          <Thumbnail artifact={artifact} session={session} services={services} />
        ) : (
          <span className="wl-Artifact-type">{artifact.type}</span>
        )}
      </button>
      <span className="wl-Artifact-words">
        <span className="wl-Title" title={path}>
          {path}
        </span>
        <span className="wl-Quiet">{`${formatBytes(artifact.bytes)} · ${formatTime(artifact.modified)}`}</span>
        <span className="wl-Artifact-actions">
          <button className="wl-LinkButton" onClick={run(CommandIds.downloadArtifact)}>
            {trans.__('Download')}
          </button>
          {checkpoint !== null && (
            <button className="wl-LinkButton" onClick={run(CommandIds.revealCell)}>
              {trans.__('Show the cell')}
            </button>
          )}
        </span>
      </span>
    </li>
  );
}

function Thumbnail({ artifact, session, services: { trans } }: Props & { artifact: ArtifactInfo }) {
  const { value, error } = useAnswer(session, 'artifact', { path: artifact.path });
  if (error !== null) return <span className="wl-Artifact-type">{trans.__('gone')}</span>;
  return value ? <img src={`data:${value.mime};base64,${value.base64}`} alt={artifact.path} /> : null;
}
