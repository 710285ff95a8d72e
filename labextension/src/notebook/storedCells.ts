/** A cell of a notebook file, as nbformat 4.5 has it. */
export interface StoredCell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/**
 * What the notebook's metadata keeps of the worldlines that are not shown: every hidden worldline's cells in order.
 * A cell that several worldlines share is kept once, in the pool.
 */
export interface KeptCells {
  readonly version: 1;
  /** The kernel's id of the notebook's session: by it a moved, renamed or copied notebook finds its worldlines. */
  readonly session: string | null;
  /** The kernel's id of the notebook itself, which stays with it wherever it goes. */
  readonly notebook: string | null;
  /** The worldline whose cells the notebook shows. */
  readonly shown: string | null;
  /** The worldline whose cells those were before the kernel began anew with the present one. */
  readonly before: string | null;
  readonly lines: Readonly<Record<string, readonly string[]>>;
  readonly pool: Readonly<Record<string, StoredCell>>;
}

export const nothingKept: KeptCells = {
  version: 1,
  session: null,
  notebook: null,
  shown: null,
  before: null,
  lines: {},
  pool: {},
};

/** What the kernel said when the cell ran, in the cell's metadata. */
export interface Stamp {
  readonly checkpoint: string;
  readonly worldline: string;
}

/** The key of both kinds of metadata. */
export const METADATA = 'worldline';

/** Reads the notebook's metadata; anything that isn't what this extension writes counts as nothing kept. */
export function readKept(metadata: unknown): KeptCells {
  if (!isRecord(metadata) || metadata['version'] !== 1) return nothingKept;
  const { session, notebook, shown, before, lines, pool } = metadata;
  if (!isRecord(lines) || !isRecord(pool)) return nothingKept;
  return {
    version: 1,
    session: typeof session === 'string' ? session : null,
    notebook: typeof notebook === 'string' ? notebook : null,
    shown: typeof shown === 'string' ? shown : null,
    before: typeof before === 'string' ? before : null,
    lines: lines as KeptCells['lines'],
    pool: pool as KeptCells['pool'],
  };
}

export function stampOf(cell: Pick<StoredCell, 'metadata'>): Stamp | null {
  const stamp = cell.metadata[METADATA];
  if (!isRecord(stamp)) return null;
  const { checkpoint, worldline } = stamp;
  return typeof checkpoint === 'string' && typeof worldline === 'string' ? { checkpoint, worldline } : null;
}

/** Puts a worldline's cells away. What it had put away before is forgotten, other worldlines' cells are not. */
export function keep(kept: KeptCells, line: string, cells: readonly StoredCell[]): KeptCells {
  const pool: Record<string, StoredCell> = { ...kept.pool };
  const keys = cells.map((cell) => keyFor(pool, withoutTrust(cell)));
  return prune({ ...kept, pool, lines: { ...kept.lines, [line]: keys } });
}

/** A hidden worldline's cells, or null where none were put away. */
export function recall(kept: KeptCells, line: string): readonly StoredCell[] | null {
  const keys = kept.lines[line];
  if (!keys) return null;
  return keys.map((key) => kept.pool[key]).filter((cell) => cell !== undefined);
}

/** Takes a worldline out of what is kept, and the one that it goes on from: it is shown from now on. */
export function show(kept: KeptCells, line: string, continues: string | null = null): KeptCells {
  const lines = Object.fromEntries(
    Object.entries(kept.lines).filter(([each]) => each !== line && each !== continues),
  );
  return prune({ ...kept, shown: line, before: null, lines });
}

/** A new worldline takes over the cells that are shown: a kernel that began anew starts with them. */
export function takeOver(kept: KeptCells, line: string, wasUsed: boolean): KeptCells {
  return { ...show(kept, line), before: wasUsed ? kept.shown : kept.before };
}

/** Whether two cells are the same to a reader: trust and timing don't count. */
export function sameCell(a: StoredCell, b: StoredCell): boolean {
  return equal(comparable(a), comparable(b));
}

/** Trust is the notebook's to give, so it's never kept with a hidden cell. */
export function withoutTrust(cell: StoredCell): StoredCell {
  return { ...cell, metadata: omit(cell.metadata, ['trusted']) };
}

function keyFor(pool: Record<string, StoredCell>, cell: StoredCell): string {
  for (let version = 1; ; version++) {
    const key = version === 1 ? cell.id : `${cell.id}~${version}`;
    const there = Object.hasOwn(pool, key) ? pool[key] : undefined;
    if (there && !sameCell(there, cell)) continue;
    pool[key] = there ?? cell;
    return key;
  }
}

function prune(kept: KeptCells): KeptCells {
  const used = new Set(Object.values(kept.lines).flat());
  const pool = Object.fromEntries(Object.entries(kept.pool).filter(([key]) => used.has(key)));
  return { ...kept, pool };
}

function comparable(cell: StoredCell): unknown {
  const source = typeof cell.source === 'string' ? cell.source : cell.source.join('');
  return { ...cell, source, metadata: omit(cell.metadata, ['trusted', 'execution']) };
}

function omit(record: StoredCell['metadata'], keys: readonly string[]): StoredCell['metadata'] {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => equal(each, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
