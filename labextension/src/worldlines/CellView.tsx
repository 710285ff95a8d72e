import type * as nbformat from '@jupyterlab/nbformat';
import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { CellRecord } from '../../../kernel/src/contract.js';
import { mimeOfCell, type CellLanguage } from '../highlight/cellLanguage.js';
import { useStaticHighlight } from '../highlight/useStaticHighlight.js';
import type { Services } from '../shared/Services.js';

/** A cell as it was run, to read only: its source and its outputs. */
export function CellView({ cell, services }: { cell: CellRecord; services: Services }) {
  const source = useStaticHighlight(
    services.languages,
    cell.source,
    mimeOfCell(cell.source, plainOf(cell.kind)),
  );
  return (
    <div className="wl-CellView">
      <pre ref={source} className="wl-CellView-source" tabIndex={0} />
      <Outputs outputs={cell.outputs} rendermime={services.rendermime} />
    </div>
  );
}

/** What a cell without a magic was when it ran. */
function plainOf(kind: CellRecord['kind']): CellLanguage {
  return kind === 'sql' || kind === 'python' ? kind : 'ask';
}

/** nbformat outputs in Lab's own output area. They come from the user's own kernel, so they are trusted. */
function Outputs({
  outputs,
  rendermime,
}: {
  outputs: CellRecord['outputs'];
  rendermime: IRenderMimeRegistry;
}) {
  const host = React.useRef<HTMLDivElement>(null);
  // A layout effect's cleanup still finds the node in the page, which detaching needs.
  React.useLayoutEffect(() => {
    const node = host.current;
    if (!node || outputs.length === 0) return;
    const model = new OutputAreaModel({ values: outputs as unknown as nbformat.IOutput[], trusted: true });
    const area = new SimplifiedOutputArea({ model, rendermime });
    Widget.attach(area, node);
    return () => {
      if (area.node.isConnected) Widget.detach(area);
      area.dispose();
      model.dispose();
    };
  }, [outputs, rendermime]);
  return <div ref={host} className="wl-CellView-outputs" />;
}
