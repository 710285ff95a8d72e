import type { TableKey } from '../../../kernel/src/contract.js';

/** A line from a column to the one that it goes with. */
export interface Join {
  readonly from: string;
  readonly fromColumn: string;
  readonly to: string;
  readonly toColumn: string;
}

/** Foreign keys, each column by itself. */
export function declaredJoins(keys: readonly TableKey[]): readonly Join[] {
  return keys.flatMap(({ table, columns, references }) =>
    columns.flatMap((fromColumn, index) => {
      const toColumn = references?.columns[index];
      return toColumn === undefined
        ? []
        : [{ from: table, fromColumn, to: references?.table ?? '', toColumn }];
    }),
  );
}

export function sameJoin(a: Join, b: Join): boolean {
  return a.from === b.from && a.fromColumn === b.fromColumn && a.to === b.to && a.toColumn === b.toColumn;
}
