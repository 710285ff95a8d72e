import { asName } from '../shown/dataText.js';
import type { DataPort } from '../ports.js';
import { quantity } from '../shown/resultText.js';
import type { Tool } from '../types.js';

/** Tables that are listed at once, and columns of each. */
const TABLES = 200;
const COLUMNS = 40;

export function listTablesTool(data: DataPort): Tool {
  return {
    name: 'list_tables',
    description:
      'Lists all tables and views with row counts and columns, and the data files that SQL and Python can read.',
    parameters: { type: 'object', properties: {} },
    async run(_args, context) {
      const [tables, files] = await Promise.all([data.tables(), data.files()]);
      const lines = tables.slice(0, TABLES).map(({ name, kind, rows, columns }) => {
        const shown = columns.slice(0, COLUMNS).map((column) => `${asName(column.name)} ${column.type}`);
        if (columns.length > COLUMNS) shown.push(`… ${columns.length - COLUMNS} more`);
        return `${asName(name)} (${kind}, ${rows === null ? 'rows unknown' : quantity(rows, 'row')}): ${shown.join(', ')}`;
      });
      if (tables.length > TABLES) lines.push(`… and ${tables.length - TABLES} more tables`);
      const named = files.slice(0, TABLES).map(({ path, bytes }) => `${asName(path)} (${bytes} bytes)`);
      if (files.length > TABLES) named.push(`… and ${files.length - TABLES} more files`);
      const text = [
        lines.length === 0 ? 'There are no tables.' : lines.join('\n'),
        named.length === 0 ? 'There are no data files.' : `Files: ${named.join(', ')}`,
      ].join('\n');
      return {
        text: `<result of="${context.step}">\n${text}\n</result>`,
        error: false,
        displays: [],
        summary: `${quantity(tables.length, 'table')}, ${quantity(files.length, 'file')}`,
      };
    },
  };
}
