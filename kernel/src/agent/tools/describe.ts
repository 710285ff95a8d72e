import { asName, quoteName, quoteText } from '../shown/dataText.js';
import type { SqlPort } from '../ports.js';
import type { Privacy } from '../shown/privacy.js';
import { profile, rows, sample } from '../shown/profile.js';
import { quantity } from '../shown/resultText.js';
import type { Tool, ToolContext } from '../types.js';
import { messageOf } from '../../messageOf.js';
import type { NotesTold } from './NotesTold.js';
import { portError, toolError } from './result.js';

export function describeTool(sql: SqlPort, privacy: Privacy, notes: NotesTold): Tool {
  return {
    name: 'describe',
    description:
      'Profiles a table, a view, a data file or a Python data frame: per column its type, NULLs, distinct values, range, mean and most frequent values, and a few rows.',
    parameters: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'A table, a file such as sales.csv, or a handle.' },
      },
      required: ['name'],
    },
    readable: ({ name }) => String(name),
    async run(args, context) {
      const name = String(args['name']).trim();
      if (name === '') return toolError('Say which table or file.');
      const refusal = await privacy.forProfile(name);
      if (refusal !== null) return toolError(refusal);
      try {
        const relation = await relationOf(sql, name, context);
        const { signal, step } = context;
        const found = await profile(sql, relation, privacy, signal);
        const note = notes.once(found.note);
        const text = [
          found.text + (privacy.hidesRows ? '' : await sample(sql, relation, step, signal)),
          ...(note === '' ? [] : [note]),
        ].join('\n');
        return {
          text: `<result of="${context.step}">\n${text}\n</result>`,
          error: false,
          displays: [],
          summary: `${asName(name)}: ${quantity(found.columns, 'column')}`,
          evidence: { text, tables: [name], literal: false },
        };
      } catch (error) {
        const told = privacy.sqlError(error);
        const isUnknown = messageOf(told).startsWith('There is no table');
        return portError(told, isUnknown ? 'Use list_tables to see the names.' : '');
      }
    },
  };
}

/** A file by its quoted name; anything else as the model named it, part by part, where the plain name is not known. */
async function relationOf(sql: SqlPort, name: string, context: ToolContext): Promise<string> {
  const bare = name.replace(/^'(.*)'$/s, '$1');
  if (bare !== name || /\.(csv|tsv|parquet|json|jsonl|ndjson|xlsx|xlsm|xls|ods)(\.gz|\.zst)?$/i.test(bare))
    return quoteText(bare);
  const whole = quoteName(name.replace(/^"(.*)"$/s, '$1'));
  try {
    await rows(sql, `SELECT * FROM ${whole} LIMIT 0`, context.signal);
    return whole;
  } catch (error) {
    if (context.signal.aborted || !name.includes('.')) throw error;
    return name
      .split('.')
      .map((part) => quoteName(part.replace(/^"(.*)"$/s, '$1')))
      .join('.');
  }
}
