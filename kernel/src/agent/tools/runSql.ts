import { plural } from '../../counts.js';
import type { Display } from '../../mime.js';
import type { StatementResult } from '../../database/types.js';
import { asData, cutText } from '../shown/dataText.js';
import type { SqlPort } from '../ports.js';
import type { Privacy } from '../shown/privacy.js';
import { columnStatistics, shownPage, SHOWN } from '../shown/resultText.js';
import type { Evidence, Tool, ToolContext, ToolResult } from '../types.js';
import type { NotesTold } from './NotesTold.js';
import { firstLine, portError, toolError } from './result.js';

/** Milliseconds that the model's SQL may take. */
const DEADLINE = 120_000;

/** Characters of SQL in which an error is found at a glance. */
const PLAIN = 80;

export function runSqlTool(sql: SqlPort, privacy: Privacy, notes: NotesTold): Tool {
  return {
    name: 'run_sql',
    description:
      "Runs DuckDB SQL on the tables, on data files by name (FROM 'sales.csv', .parquet, .json), on Python data frames by variable name, and on earlier results by handle (FROM r3). SELECTs are free; CREATE, INSERT, UPDATE, DELETE and ALTER work on this branch only. The person sees the result too.",
    parameters: {
      type: 'object',
      properties: { sql: { type: 'string', description: 'One or more statements.' } },
      required: ['sql'],
    },
    codeArgument: 'sql',
    writes: (args) => sql.writes(String(args['sql'])),
    async run(args, context) {
      const text = String(args['sql']);
      const guard = await privacy.forSql(sql, text, context);
      if (guard.kind === 'refused') return toolError(guard.text);
      const instead = guard.kind === 'shown' ? guard.text : null;
      const ran: StatementResult[] = [];
      let results: readonly StatementResult[];
      try {
        results = await sql.query(text, {
          limit: SHOWN.rows,
          signal: context.signal,
          deadline: DEADLINE,
          onResult: (result) => ran.push(result),
        });
      } catch (error) {
        const told = privacy.sqlError(error);
        const failed = portError(told, placeOf(text, told), keptText(text, ran));
        const given = ran.filter(({ kind }) => kind === 'rows');
        if (given.length === 0 || context.signal.aborted) return failed;
        return resultOf(sql, text, given, context, instead, notes).then(
          (before) => ({
            ...failed,
            text: `${failed.text}\nWhat the statements before it gave:\n${before.text}`,
            displays: [...before.displays, ...failed.displays],
            ...(before.evidence === undefined ? {} : { evidence: before.evidence }),
          }),
          // A database that was lost has no rows of theirs either.
          () => failed,
        );
      }
      if (results.length === 0) return toolError('There was no statement to run.');
      return resultOf(sql, text, results, context, instead, notes);
    },
  };
}

/** `instead` is what the model is shown in place of the rows. */
async function resultOf(
  sql: SqlPort,
  text: string,
  results: readonly StatementResult[],
  context: ToolContext,
  instead: string | null,
  notes: NotesTold,
): Promise<ToolResult> {
  const parts: string[] = [];
  const displays: Display[] = [];
  for (const result of results) {
    parts.push(
      instead !== null && result.kind === 'rows' ? instead : await textOf(sql, result, context.step),
    );
    displays.push(sql.display(result));
    if (result.kind === 'rows') await sql.keep?.(context.step, result);
    const note = result.kind === 'plan' ? '' : notes.once(result.note);
    if (note === '') continue;
    parts.push(note);
    displays.push({ data: { 'text/plain': note } });
  }
  const body = parts.join('\n\n');
  const last = results.at(-1);
  return {
    text: `<result of="${context.step}">\n${body}\n</result>`,
    error: false,
    displays,
    summary: last === undefined ? '' : summaryOf(last),
    evidence: await evidenceOf(sql, text, body),
  };
}

/** Where in its SQL the database places an error; empty where it names no place, or it is plain to see. */
function placeOf(sql: string, error: unknown): string {
  const { position } = error as { readonly position?: unknown };
  if (typeof position !== 'number' || (sql.length <= PLAIN && !sql.includes('\n'))) return '';
  const letters = Array.from(sql);
  const line = letters.slice(0, position).filter((letter) => letter === '\n').length + 1;
  const [rest = ''] = letters.slice(position).join('').split('\n', 1);
  return `At line ${line}: ${cutText(rest, PLAIN)}`;
}

async function textOf(sql: SqlPort, result: StatementResult, handle: string): Promise<string> {
  if (result.kind === 'plan') return asData(result.text).slice(0, SHOWN.characters);
  if (result.kind === 'done') return result.message;
  const { text, whole } = shownPage(result.page, handle);
  if (whole) return text;
  const more = await sql.page(result.id, 0, Math.min(result.page.total, SHOWN.statistics));
  return `${text}\n${columnStatistics(more)}`;
}

/** What the statements before one that failed have changed; nothing where a transaction may have taken it back. */
function keptText(sql: string, ran: readonly StatementResult[]): string {
  const changes = ran.flatMap((result) => (result.kind === 'done' ? [result.message] : []));
  if (changes.length === 0 || /\b(begin|start\s+transaction)\b/i.test(sql)) return '';
  return `The statements before it took effect and are not to be run again: ${changes.join('; ')}.`;
}

function summaryOf(result: StatementResult): string {
  if (result.kind === 'plan') return 'query plan';
  if (result.kind === 'done') return firstLine(result.message);
  const { total, columns } = result.page;
  return `${plural(total, 'row')} × ${plural(columns.length, 'column')}`;
}

async function evidenceOf(sql: SqlPort, text: string, body: string): Promise<Evidence> {
  try {
    const tables = await sql.tablesOf(text);
    return { text: body, tables, literal: tables.length === 0, code: text };
  } catch {
    // Several statements, or a kind that DuckDB names no tables for: it cannot be called made up.
    return { text: body, tables: null, literal: false, code: text };
  }
}
