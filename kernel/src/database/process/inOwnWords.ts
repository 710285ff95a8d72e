import { suggest } from '../../suggest.js';
import { isAddress } from '../paths/isAddress.js';
import { isPattern } from '../paths/patterns.js';

interface Words {
  /** DuckDB's kind of error. */
  readonly type: string;
  readonly message: RegExp;
  /** What is said instead; `rest` is the statement from where the error points to. */
  readonly say: (match: RegExpExecArray, rest: string) => string;
}

/** Functions that would have fitted: some have forty forms. */
const CANDIDATES = 8;

/** Messages that leave open what to do, or advise what is refused here. */
const WORDS: readonly Words[] = [
  {
    type: 'Catalog',
    message: /^Table with name (.+\.(?:xlsx|xlsm|xls|ods)) does not exist!/i,
    say: ([, file = '']) =>
      `${file} is a spreadsheet, which SQL does not read. %load "${file}" makes a table of it.`,
  },
  {
    type: 'Catalog',
    message: /^Table with name (\S*(?:[/*]|\.\w+)\S*) does not exist!/,
    say: ([, name = '']) =>
      `${name} is no table, and no file that is read by its extension (.csv, .tsv, .json, .parquet). ` +
      `FROM read_csv('${name}') reads it as CSV, read_text('${name}') as text.`,
  },
  {
    type: 'Catalog',
    message: /^Table with name .+ does not exist because schema "(.+)" does not exist/,
    say: ([, schema = '']) =>
      `There is no schema or attached database named ${schema}. %tables lists what there is; %attach SOURCE as ${schema} attaches a database.`,
  },
  {
    // It may have been meant for a data frame; DuckDB's own views are not what was meant.
    type: 'Catalog',
    message:
      /^Table with name (.+) does not exist!\s*((?!Did you mean "(?:pg_|duckdb_|pragma_|sqlite_|information_schema))[^]*)?/,
    say: ([, name = '', advice = '']) =>
      `There is no table, view or DataFrame named ${name}.${isNear(name, advice) ? `\n${advice}` : ''}`,
  },
  {
    type: 'Catalog',
    message: /^(.* is not in the catalog, but it exists in the (\w+) extension\.)[^]*$/,
    say: ([, what = '', extension = '']) =>
      `${what}\nThat extension is not loaded here, and none can be.${extension === 'excel' ? ' %load reads spreadsheets.' : ''}`,
  },
  {
    type: 'Missing Extension',
    message: /^File (\S+) requires the extension \w+ to be loaded/,
    say: ([, file = '']) =>
      `${file} is not read: SQL reaches no address that was not allowed. Save the file beside the notebook, or %allow s3://bucket/prefix.`,
  },
  {
    // Whether it is there is not for everybody to know.
    type: 'Permission',
    message:
      /^Cannot access (?:file|directory) "(.*)" - file system operations are disabled by configuration/,
    say: ([, path = '']) => `${path} is not there, or may not be read here. ${wayTo(path)}`,
  },
  {
    type: 'IO',
    message: /^No files found that match[^]*$/,
    say: ([all]) =>
      `${all}\nA relative path starts in the workspace, where what lies beside the notebook is found as well, ` +
      'of a notebook in the home folder what its cells name. %allow FOLDER grants more.',
  },
  {
    type: 'Invalid Input',
    message: /This file is not utf-8 encoded\.[^]*?\n {2}file = (.*)\n/,
    say: ([, file = '']) =>
      `${file} is not UTF-8. %load "${file}" reads it as it is; so does FROM read_csv('${file}', encoding = 'latin-1').`,
  },
  {
    type: 'Invalid Input',
    message: /^VARIANT columns are not supported in storage versions[^]*$/,
    say: () =>
      'A table keeps no VARIANT columns, which only newer versions of its file format have. ' +
      'As JSON it does: CREATE TABLE t AS SELECT * REPLACE (v::JSON AS v) FROM …',
  },
  {
    type: 'Invalid Input',
    message: /^Values were not provided for the following prepared statement parameters: (\w+)/,
    say: ([, parameter = '']) => noValue(`$${parameter}`, /^\d/.test(parameter) ? 'x' : parameter),
  },
  {
    type: 'Binder',
    message: /^Unexpected prepared parameter\./,
    say: () =>
      'A view or a macro keeps no $name: it would go on with a value of Python that is another by then. ' +
      'CREATE TABLE … AS takes the value of now.',
  },
  {
    type: 'Binder',
    message: /^(No function matches [^]*?Candidate functions:\n)((?:\t.*\n?)+)/,
    say: ([, what = '', functions = '']) => {
      const all = functions.trimEnd().split('\n');
      const others = all.length - CANDIDATES;
      return what + (others > 1 ? [...all.slice(0, CANDIDATES), `\t… and ${others} others`] : all).join('\n');
    },
  },
  {
    type: 'Parser',
    message: /^syntax error at or near ":"/,
    say: ([all], rest) => {
      const name = /^:(\w+)/.exec(rest)?.[1];
      return name === undefined ? all : `${all}\n${noValue(`:${name}`, name)}`;
    },
  },
  {
    type: 'TransactionContext',
    message: /^cannot (commit|rollback) - no transaction is active/,
    say: ([, what = '']) =>
      `There is no transaction to ${what === 'commit' ? 'commit' : 'roll back'}: BEGIN stands in the same cell, and without it ` +
      'what a statement changes is kept as it ends. %undo takes back what a cell did.',
  },
];

/** DuckDB's message, with what to do where it leaves that open. */
export function inOwnWords(type: string, message: string, rest: string): string {
  for (const words of WORDS) {
    const match = words.type === type ? words.message.exec(message) : null;
    if (match) return words.say(match, rest);
  }
  return message;
}

/** Whether what DuckDB advises can have been meant: where there is nothing near, it names what there is. */
function isNear(name: string, advice: string): boolean {
  const other = /^Did you mean "(?:.*\.)?(.*?)"/.exec(advice)?.[1];
  if (other === undefined) return advice !== '';
  const [short = '', long = ''] = [name.toLowerCase(), other.toLowerCase()].sort(
    (a, b) => a.length - b.length,
  );
  return (short.length > 2 && long.startsWith(short)) || suggest(name, [other]) !== undefined;
}

/** How a path could be read that was not. */
function wayTo(path: string): string {
  if (isAddress(path))
    return 'What begins with an address is, once %allow has granted it: %allow s3://bucket/prefix.';
  if (isPattern(path))
    return 'Hidden entries may lie in its way, which stay hidden: a pattern that stands in quotes after FROM, or for a function that reads files, leaves them out.';
  if (/\/\./.test(path)) return 'Hidden files, and what lies in hidden folders, stay hidden.';
  return '%allow FOLDER grants its folder; a cell of yours that names a file in quotes, by its whole path, grants it if it is there.';
}

function noValue(parameter: string, name: string): string {
  return `There is no value for ${parameter}. In SQL of the user's, $${name} stands for the Python variable ${name}.`;
}
