import type { SourceHit } from '../../contract.js';
import { DamagedObjectError } from '../errors.js';
import type { Node } from '../graph/Graph.js';
import { isCell } from '../graph/isCell.js';
import { readSource } from './readCell.js';
import type { Store } from './Store.js';

/** Characters of a line that are told, and of those before the text where the line is longer. */
const LINE = 120;
const BEFORE = 30;

/** Those of the checkpoints whose source has the text, whatever its case; steps of runs are none of them. */
export async function searchSources(
  store: Store,
  nodes: readonly Node[],
  text: string,
): Promise<readonly SourceHit[]> {
  const wanted = text.toLowerCase();
  const hits: SourceHit[] = [];
  for (const node of nodes) {
    if (!isCell(node.record)) continue;
    const line = lineWith(await sourceOf(node, store), wanted);
    if (line !== null) hits.push({ checkpoint: node.record.id, line });
  }
  return hits;
}

/** Of a source that is damaged, the title is left. */
async function sourceOf(node: Node, store: Store): Promise<string> {
  try {
    return await readSource(node, store);
  } catch (error) {
    if (error instanceof DamagedObjectError) return node.record.title;
    throw error;
  }
}

/** The first line that has a text in lower case, cut around it; null where there is none. */
function lineWith(source: string, wanted: string): string | null {
  if (!source.toLowerCase().includes(wanted)) return null;
  const line = source
    .split('\n')
    .find((each) => each.toLowerCase().includes(wanted))
    ?.trim();
  if (line === undefined || line.length <= LINE) return line ?? null;
  const from = Math.max(0, line.toLowerCase().indexOf(wanted) - BEFORE);
  const begins = from === 0 ? line : `…${line.slice(from)}`;
  return begins.length <= LINE ? begins : `${begins.slice(0, LINE - 1)}…`;
}
