import { playRun, type PlayedTurn } from '../../../../tests/support/model-server-agent.js';
import { databasePorts } from '../../../../tests/support/model-server-ports.js';
import { withDatabase } from '../../database/testing.js';
import { HiddenRows } from '../shown/hiddenRows.js';
import type { Ports } from '../ports.js';
import { openPrivacy } from '../shown/privacy.js';
import type { Turn } from '../types.js';
import { agentTools } from './index.js';

const SALES = `CREATE TABLE sales AS
  SELECT i AS id, CASE WHEN i % 3 = 0 THEN 'Nord' ELSE 'Süd' END AS region, 'Customer ' || i AS customer,
    i * 1.5 AS amount, DATE '2024-01-01' + CAST(i % 30 AS INTEGER) AS day
  FROM range(300) t(i)`;

/** Runs a script over a database with sales, and gives the texts of its results. */
export async function results(
  script: readonly PlayedTurn[],
  more: {
    readonly ports?: Partial<Ports>;
    readonly hidden?: boolean;
    readonly setup?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  let found: Awaited<ReturnType<typeof playRun>> | undefined;
  await withDatabase(
    async ({ database }) => {
      await database.query(`${SALES}; ${more.setup ?? ''}`, { author: 'user' });
      const ports = databasePorts(
        database,
        more.ports,
        Object.keys(more.files ?? {}).map((name) => name.replace('workspace/', '')),
      );
      const privacy = more.hidden === true ? new HiddenRows(ports.data) : openPrivacy;
      const tools = agentTools(ports, privacy).filter(({ name }) => name !== 'finish');
      found = await playRun(script, { tools });
    },
    {},
    more.files ?? {},
  );
  if (found === undefined) throw new Error('nothing ran');
  return { ...found, texts: found.turns.flatMap((turn: Turn) => (turn.role === 'tool' ? [turn.text] : [])) };
}

export const sql = (query: string): PlayedTurn => ({ calls: [['run_sql', { sql: query }]] });
export const done: PlayedTurn = { text: 'Done.' };
