import type { TableInfo } from '../../../kernel/src/contract.js';
import type { Join } from './declaredJoins.js';
import { localName } from './tableNames.js';

/**
 * Joins that names and types suggest: `orders.customer_id` goes with `customers.id` or `customers.customer_id`, where
 * both have the same type.
 */
export function guessJoins(tables: readonly TableInfo[]): readonly Join[] {
  const guesses: Join[] = [];
  for (const from of tables) {
    for (const column of from.columns) {
      const thing = /^(.+?)_?(?:id|key|code)$/i.exec(column.name)?.[1]?.toLowerCase();
      if (thing === undefined) continue;
      for (const to of tables) {
        if (to === from || !names(to.name, thing)) continue;
        const key = to.columns.find(
          (each) =>
            each.type === column.type &&
            [column.name.toLowerCase(), 'id', 'key', 'code'].includes(each.name.toLowerCase()),
        );
        if (key) guesses.push({ from: from.name, fromColumn: column.name, to: to.name, toColumn: key.name });
      }
    }
  }
  return guesses;
}

function names(table: string, thing: string): boolean {
  const name = localName(table).toLowerCase();
  return [thing, `${thing}s`, `${thing}es`, thing.replace(/y$/, 'ies')].includes(name);
}
