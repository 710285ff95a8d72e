import * as React from 'react';
import type { VariableInfo } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import { draggedAs } from '../data/draggedAs.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { CurrentSessionWidget } from '../shared/CurrentSessionWidget.js';
import { formatBytes } from '../shared/format.js';
import { useAnswer } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';

/** Python's variables: name, type, shape, size. */
export class VariablesSection extends CurrentSessionWidget {
  constructor(services: Services) {
    super(services);
    this.id = 'worldline-variables';
    this.title.label = services.trans.__('Variables');
  }

  protected override view(session: NotebookSession): React.ReactElement {
    return <Variables session={session} services={this.services} />;
  }
}

function Variables({ session, services }: { session: NotebookSession; services: Services }) {
  const { trans, app } = services;
  const { value, error } = useAnswer(session, 'variables', {});
  if (error !== null) return <p className="wl-Error">{error}</p>;
  if (!value) return null;
  if (value.variables.length === 0) {
    return (
      <p className="wl-Hint">{trans.__('No Python variables yet: a %1 cell makes some.', '%%python')}</p>
    );
  }
  return (
    <>
      {value.kept && (
        <p className="wl-Hint">
          {trans.__('As the worldline keeps them: its Python is not running now, and will start with them.')}
        </p>
      )}
      <table className="wl-Grid wl-Variables">
        <thead>
          <tr>
            <th>{trans.__('Name')}</th>
            <th>{trans.__('Type')}</th>
            <th>{trans.__('Shape')}</th>
            <th className="wl-mod-number">{trans.__('Size')}</th>
          </tr>
        </thead>
        <tbody>
          {value.variables.map((variable) => (
            <tr key={variable.name} title={described(variable)} data-wl-name={variable.name}>
              <td>
                <button
                  className="wl-Name"
                  {...draggedAs(variable.name)}
                  onClick={() => {
                    void app.commands.execute(CommandIds.insertName, { name: variable.name });
                  }}
                >
                  {variable.name}
                </button>
              </td>
              <td>
                {variable.type}
                {variable.shape !== null && <div className="wl-Variables-shape">{variable.shape}</div>}
              </td>
              <td>{variable.shape ?? ''}</td>
              <td className="wl-mod-number">{variable.bytes === null ? '' : formatBytes(variable.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** All of it, where the columns are too narrow. */
function described({ name, type, shape, preview }: VariableInfo): string {
  return `${name}: ${shape === null ? type : `${type} ${shape}`}\n${preview}`;
}
