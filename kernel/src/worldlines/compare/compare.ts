import type { CellRecord, Change, Comparison, TableDifference, TableInfo } from '../../contract.js';
import type { Node } from '../graph/Graph.js';
import { isCell } from '../graph/isCell.js';
import type { State } from '../journal/records.js';
import { unstore } from '../journal/stored.js';
import { readCell } from '../session/readCell.js';
import { targetOf } from '../session/restoreState.js';
import { type ShownVariable, shownVariables } from '../session/shownVariables.js';
import type { Store } from '../session/Store.js';
import type { Host } from '../types.js';
import type { KeptFile } from '../workspace/manifest.js';
import { readManifest } from '../workspace/restoreWorkspace.js';
import { withDatabases } from './withDatabases.js';

/** Databases above this are compared by shape only, unless asked otherwise: they would have to be put together first. */
const ROWS_LIMIT = 256 * 1024 ** 2;

/** What two checkpoints have apart, from their common ancestor on. */
export async function compare(
  store: Store,
  host: Host,
  a: Node,
  b: Node,
  exact = false,
): Promise<Comparison> {
  const ancestor = commonAncestor(store, a, b);
  const [stateA, stateB] = [targetOf(store, a).state, targetOf(store, b).state];
  return {
    ...{ a: a.record.id, b: b.record.id, ancestor: ancestor?.record.id ?? null },
    cellsA: await cellsAfter(store, ancestor, a),
    cellsB: await cellsAfter(store, ancestor, b),
    tables: await compareTables(store, host, stateA, stateB, exact),
    files: await compareFiles(store, stateA, stateB),
    variables: await compareVariables(
      store,
      stateA,
      stateB,
      ancestor === null ? [] : lostAt(store, ancestor),
    ),
  };
}

function commonAncestor(store: Store, a: Node, b: Node): Node | null {
  const seen = new Set(store.graph.ancestry(a));
  for (const node of store.graph.ancestry(b)) if (seen.has(node)) return node;
  return null;
}

async function cellsAfter(store: Store, ancestor: Node | null, head: Node): Promise<CellRecord[]> {
  const cells: Node[] = [];
  for (const node of store.graph.ancestry(head)) {
    if (node === ancestor) break;
    if (isCell(node.record)) cells.push(node);
  }
  return Promise.all(cells.reverse().map((node) => readCell(node, store)));
}

async function compareTables(
  store: Store,
  host: Host,
  a: State,
  b: State,
  exact: boolean,
): Promise<TableDifference[]> {
  const tables = sideBySide(await tablesOf(store, a), await tablesOf(store, b));
  const alike = tables.flatMap(([name, left, right]) => (sameShape(left, right) ? [name] : []));
  const changed = new Set(await changedRows(store, host, a, b, alike, exact));
  const same = new Set(alike.filter((name) => !changed.has(name)));
  return tables
    .filter(([name]) => !same.has(name))
    .map(([name, left, right]) => ({
      ...{ name, change: changeOf(left, right) },
      ...{ rowsA: left?.rows ?? null, rowsB: right?.rows ?? null },
      ...{ columnsA: left?.columns ?? [], columnsB: right?.columns ?? [] },
    }));
}

async function changedRows(
  store: Store,
  host: Host,
  a: State,
  b: State,
  tables: readonly string[],
  exact: boolean,
): Promise<readonly string[]> {
  const ask = host.changedTables?.bind(host);
  if (ask === undefined || tables.length === 0 || a.database === null || b.database === null) return [];
  if (JSON.stringify(a.database) === JSON.stringify(b.database)) return [];
  if (!exact && a.database.bytes + b.database.bytes > ROWS_LIMIT) return [];
  return withDatabases(store, a.database, b.database, (fileA, fileB) => ask(fileA, fileB, tables));
}

async function tablesOf(store: Store, state: State): Promise<Map<string, TableInfo>> {
  const tables = (await unstore(state.tables, store.objects)) as readonly TableInfo[];
  return new Map(tables.map((table) => [table.name, table]));
}

/** Of a table that only one of them has: false. */
function sameShape(a: TableInfo | undefined, b: TableInfo | undefined): boolean {
  return JSON.stringify([a?.kind, a?.rows, a?.columns]) === JSON.stringify([b?.kind, b?.rows, b?.columns]);
}

async function compareFiles(store: Store, a: State, b: State): Promise<Comparison['files'][number][]> {
  return sideBySide(await filesOf(store, a), await filesOf(store, b))
    .filter(([, left, right]) => left?.id !== right?.id)
    .map(([path, left, right]) => ({
      path,
      change: changeOf(left, right),
      bytesA: left?.bytes ?? null,
      bytesB: right?.bytes ?? null,
    }));
}

async function filesOf(store: Store, state: State): Promise<Map<string, KeptFile>> {
  const { files } = await readManifest(state.workspace, store.objects);
  return new Map(files.map((file) => [file.path, file]));
}

/** Variables of a checkpoint that no branch of it can have: they could not be kept. */
function lostAt(store: Store, node: Node): string[] {
  const { variables } = targetOf(store, node).state;
  return variables?.lost.map(({ name }) => name) ?? [];
}

/** Of those that were `lost` at the fork, one that only one of them has says nothing of what was done since. */
async function compareVariables(
  store: Store,
  a: State,
  b: State,
  lost: readonly string[],
): Promise<Comparison['variables'][number][]> {
  return sideBySide(await variablesOf(store, a), await variablesOf(store, b))
    .filter(([, left, right]) => !sameVariable(left, right))
    .filter(([name, left, right]) => !lost.includes(name) || (left !== undefined && right !== undefined))
    .map(([name, left, right]) => {
      const differs = left === undefined || right === undefined ? null : differenceOf(left, right);
      return { name, change: changeOf(left, right), differs, a: textOf(left), b: textOf(right) };
    });
}

/** By what they hold, where both were saved with a digest of that; else by what is shown of them. */
function sameVariable(a: ShownVariable | undefined, b: ShownVariable | undefined): boolean {
  if (a?.digest !== undefined && b?.digest !== undefined) return a.digest === b.digest;
  return textOf(a) === textOf(b);
}

function differenceOf(a: ShownVariable, b: ShownVariable): 'type' | 'shape' | 'values' {
  if (a.type !== b.type) return 'type';
  return a.shape === b.shape ? 'values' : 'shape';
}

async function variablesOf(store: Store, state: State): Promise<Map<string, ShownVariable>> {
  const variables = await shownVariables(store, state);
  return new Map(variables.map((variable) => [variable.name, variable]));
}

function textOf(variable: ShownVariable | undefined): string | null {
  if (variable === undefined) return null;
  const { type, shape, preview } = variable;
  return `${shape === null ? type : `${type} ${shape}`}: ${preview}`;
}

/** What either has, by name in order, with what each of them has of it. */
function sideBySide<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
): (readonly [name: string, a: T | undefined, b: T | undefined])[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.map((name) => [name, a.get(name), b.get(name)]);
}

function changeOf(a: unknown, b: unknown): Change {
  return a === undefined ? 'only-b' : b === undefined ? 'only-a' : 'changed';
}
