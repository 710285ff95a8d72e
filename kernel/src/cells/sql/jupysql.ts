import { UserError } from '../errors.js';

const ADDRESS = /^\s*[a-z][\w+]*:\/\/\S*\s*/i;
const TEMPLATE = /\{\{\s*([\w.]+)\s*\}\}/;
/** Options of JupySQL's %sql, and what does the same here. */
const OPTIONS: Readonly<Record<string, string>> = {
  save: 'A query is kept as a view: CREATE VIEW name AS SELECT …',
  with: 'A view that was made before is named like a table; WITH name AS (…) makes one for this query.',
  persist: 'FROM df reads a DataFrame by its name; CREATE TABLE t AS FROM df keeps it.',
  'persist-replace': 'FROM df reads a DataFrame by its name; CREATE OR REPLACE TABLE t AS FROM df keeps it.',
  append: 'INSERT INTO t FROM df adds the rows of a DataFrame.',
  file: 'COPY (SELECT …) TO … writes a file of the workspace.',
  connections: '%tables lists the databases that are attached; %attach adds one.',
  alias: '%attach SOURCE as NAME names a database.',
  close: '%detach NAME lets go of a database.',
};
const OPTION = /^\s*--([a-z][\w-]*)/;

/** Throws a UserError for what JupySQL takes in front of a query, with what does the same here. */
export function checkHabits(line: string): void {
  const option = OPTION.exec(line)?.[1] ?? '';
  const instead = OPTIONS[option];
  if (instead !== undefined) throw new UserError('UsageError', `%%sql has no option --${option}.`, instead);
  const address = ADDRESS.exec(line)?.[0].trim();
  if (address !== undefined) {
    const isOwn = /^duckdb:/i.test(address);
    throw new UserError(
      'UsageError',
      isOwn
        ? 'SQL runs in DuckDB as it is: there is nothing to connect to.'
        : 'SQL runs in DuckDB, which attaches other databases.',
      `%attach ${isOwn ? 'FILE.duckdb' : 'ADDRESS'} as NAME, then FROM NAME.table.`,
    );
  }
}

/** Throws a UserError for a `{{name}}`, which JupySQL replaces by a value of Python. */
export function checkTemplates(sql: string): void {
  const name = TEMPLATE.exec(sql)?.[1];
  if (name === undefined) return;
  throw new UserError(
    'UsageError',
    `{{${name}}} is no SQL: values of Python do not get in that way.`,
    `$${name} is the Python variable ${name}: WHERE x > $${name}.`,
  );
}
