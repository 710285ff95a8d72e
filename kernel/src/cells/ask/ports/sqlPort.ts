import type { SqlPort } from '../../../agent/ports.js';
import { tableDisplay } from '../../../display/table.js';
import { textDisplay } from '../../../display/list.js';
import type { Display } from '../../../mime.js';
import { mayChange } from '../../../database/sql/mayChange.js';
import type { StatementResult } from '../../../database/types.js';
import type { Runtime } from '../../Runtime.js';
import type { Steps } from '../StepCheckpoints.js';

/** The model's SQL: behind its gate, in the worldline's own database. */
export function sqlPort(runtime: Runtime, steps: Steps): SqlPort {
  const { database } = runtime;
  return {
    async query(sql, { limit, signal, deadline, onResult }) {
      await runtime.offerFrames(sql);
      const run = (): Promise<StatementResult[]> =>
        database.query(sql, {
          author: 'model',
          limit,
          signal,
          ...(deadline === undefined ? {} : { deadline }),
          ...(onResult === undefined ? {} : { onResult }),
        });
      return mayChange(sql) ? steps.around(`%%sql\n${sql}`, ['variables'], run) : run();
    },
    page: (result, offset, count) => database.page(result, offset, count),
    async tablesOf(sql) {
      const { tables, readsData } = await database.sources(sql);
      return readsData && tables.length === 0 ? ['a file'] : tables;
    },
    keep: (handle, { id }) => runtime.keepResult(handle, id),
    writes: (sql) => Promise.resolve(mayChange(sql)),
    display: resultDisplay,
  };
}

export function resultDisplay(result: StatementResult): Display {
  switch (result.kind) {
    case 'rows':
      return tableDisplay({ result: result.id, ...result.page }, result.milliseconds);
    case 'plan':
      return textDisplay(result.text);
    case 'done':
      return textDisplay(result.message);
  }
}
