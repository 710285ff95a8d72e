import { isCodeCellModel, type Cell } from '@jupyterlab/cells';
import { RUN_MIME } from '../../../kernel/src/contract.js';

/** The agent run whose answer a cell shows, or null. */
export function runOfCell(cell: Cell | null): string | null {
  if (!cell || !isCodeCellModel(cell.model)) return null;
  const { outputs } = cell.model;
  for (let index = 0; index < outputs.length; index++) {
    const info = outputs.get(index).data[RUN_MIME] as { readonly run?: unknown } | undefined;
    if (typeof info?.run === 'string') return info.run;
  }
  return null;
}
