import { asData } from '../../agent/shown/dataText.js';
import type { UserTurn } from '../../agent/types.js';
import type { CellKind } from '../../contract.js';
import { cut } from '../../display/format.js';

const MAX_SOURCE = 4000;
const MAX_OUTPUT = 2000;

/** A SQL or Python cell of the user's as a turn of the conversation, so that the model knows what was run. */
export function cellTurns(
  kind: CellKind,
  source: string,
  outputs: readonly Record<string, unknown>[],
): UserTurn[] {
  if (kind === 'ask') return [];
  const output = asData(cut(outputs.map(textOf).filter(Boolean).join('\n'), MAX_OUTPUT));
  const text = `<cell by="user">\n${asData(cut(source, MAX_SOURCE))}\n</cell>\n<output>\n${output}\n</output>`;
  return [{ role: 'user', text }];
}

function textOf(output: Record<string, unknown>): string {
  if (output['output_type'] === 'stream') return String(output['text']);
  if (output['output_type'] === 'error') return `${String(output['ename'])}: ${String(output['evalue'])}`;
  const data = output['data'];
  const text =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['text/plain'] : '';
  return typeof text === 'string' ? text : '';
}
