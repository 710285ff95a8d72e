import type { TableInfo } from '../../../kernel/src/contract.js';

export interface TableGroup {
  /** Empty for the worldline's own database. */
  readonly database: string;
  readonly tables: readonly TableInfo[];
}

/** Tables by database: the worldline's own first, attached ones (`sales.orders`) after it by name. */
export function groupTables(tables: readonly TableInfo[]): readonly TableGroup[] {
  const groups = new Map<string, TableInfo[]>();
  for (const table of tables) {
    const database = databaseOf(table.name);
    const group = groups.get(database);
    if (group) group.push(table);
    else groups.set(database, [table]);
  }
  return [...groups]
    .sort(([a], [b]) => byName(a, b))
    .map(([database, members]) => ({
      database,
      tables: members.sort((a, b) => byName(a.name, b.name)),
    }));
}

/** Numbers in names by what they are worth: `t2` before `t10`. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}

/** A table's name without its database and schema. */
export function localName(name: string): string {
  return partsOf(name).at(-1) ?? name;
}

function databaseOf(name: string): string {
  return partsOf(name).slice(0, -1).join('.');
}

/** A dot in quotes is part of a name. */
function partsOf(name: string): readonly string[] {
  return name.match(/(?:"(?:[^"]|"")*"|[^.])+/g) ?? [];
}
