import { StatementType } from '@duckdb/node-api';
import { GateError } from '../errors.js';
import type { Author } from '../types.js';
import type { Token } from './scan.js';
import type { Piece } from './split.js';
import { explained } from './explained.js';
import { wrongFileName } from './fileNames.js';
import { prepared } from './prepared.js';
import { targetOf } from './target.js';

/** How a statement runs: `read` inside a read-only transaction, `write` after waiting for a snapshot to end. */
export type Access = 'read' | 'write';

/** Table functions that change the instance rather than read, or write files. */
const HARMFUL_FUNCTIONS = new Set([
  'enable_logging',
  'disable_logging',
  'truncate_duckdb_logs',
  'enable_profiling',
  'disable_profiling',
  'enable_peg_parser',
  'disable_peg_parser',
]);
/** Those that run SQL which the gate would not see. */
const RUN_SQL = new Set(['query', 'json_execute_serialized_sql']);
const HARMFUL_TO_THE_MODEL = new Set([
  'checkpoint',
  'force_checkpoint',
  'current_setting',
  'duckdb_secrets',
  'which_secret',
  'duckdb_settings',
  'duckdb_logs',
  'duckdb_log_contexts',
  'write_log',
  'getenv',
]);
/**
 * What the extensions for other databases bring reaches any file and any server, whatever the settings say: what `%attach`
 * gave is enough.
 */
const OF_OTHER_DATABASES = /^(?:sqlite|postgres|mysql)_|^read_postgres_|^pg_clear_cache$/;
/** The same, where they are read like tables. */
const HARMFUL_TABLES = new Set([
  'duckdb_secrets',
  'duckdb_settings',
  'duckdb_profiling_settings',
  'duckdb_databases',
  'pragma_database_list',
  'duckdb_extensions',
  'duckdb_temporary_files',
  'duckdb_external_file_cache',
  'duckdb_logs',
  'duckdb_logs_parsed',
  'duckdb_log_contexts',
]);

/** Pragmas that tell of tables and of DuckDB itself. Others change settings, or run what stands in files. */
const READING_PRAGMAS = new Set(
  (
    'collations database_list database_size functions metadata_info platform show show_databases show_tables ' +
    'show_tables_expanded storage_info table_info user_agent version'
  ).split(' '),
);
/** Options of COPY that say how the files of a folder are called. */
const NAMING_OPTIONS = new Set(['filename_pattern', 'file_extension']);

/** What the model's statement may not begin with; DuckDB reads files already to parse an IMPORT. */
const NEVER_BY_THE_MODEL = new Set(
  (
    'attach detach copy export import load install call checkpoint set reset use prepare execute deallocate begin start ' +
    'commit rollback abort end vacuum analyze force'
  ).split(' '),
);
const WRITING_FILES = new Set(['copy', 'export']);
const TRANSACTION = new Set(['begin', 'start', 'commit', 'end', 'rollback', 'abort']);
const CREATABLE = new Set(['table', 'view', 'schema', 'index', 'sequence', 'macro', 'function', 'type']);
const MODIFIERS = new Set(['or', 'replace', 'temp', 'temporary', 'unique', 'recursive', 'unlogged', 'local']);
const ALTERABLE = new Set(['table', 'view', 'sequence', 'schema', 'index', 'type', 'macro']);

const READ_OR_WRITE =
  'Use SELECT to read, and CREATE, INSERT, UPDATE, DELETE, MERGE, ALTER or DROP to write.';
const TIME_ZONE =
  "Times with a zone are shown in UTC, the same everywhere; t AT TIME ZONE 'Europe/Berlin' gives those of another.";
const ADVICE: Readonly<Record<string, string>> = {
  attach: 'Databases are attached with %attach FILE as ALIAS, in a cell of its own.',
  detach: 'Databases are detached with %detach ALIAS, in a cell of its own.',
  load: 'Extensions are loaded when the database opens: %attach and %allow load those that they need.',
  install: 'Extensions are loaded when the database opens: %attach and %allow load those that they need.',
  update: 'Extensions are loaded when the database opens.',
  set: 'The settings are locked. SET VARIABLE and USE work.',
  reset: 'The settings are locked. SET VARIABLE and USE work.',
  pragma: 'The settings are locked. %tables and %describe TABLE tell what is there.',
  secret: 'Keys stay outside of SQL: %allow and %attach take them from the environment.',
  export: 'Use COPY … TO a file of the workspace, or %export for the whole worldline.',
};

const TO_THE_MODEL: Readonly<Record<string, string>> = {
  copy: 'Files are written in Python: sql("SELECT …").to_csv("name.csv", index=False).',
  export: 'Files are written in Python: sql("SELECT …").to_csv("name.csv", index=False).',
};

/**
 * Refuses, before DuckDB has seen it, what can be told from a statement's words: a harmful function, a secret, the
 * target of a COPY. `byCode`: code in the sandbox runs it, whoever wrote that. Throws GateError. What kind of statement it is, `accessOf` decides on DuckDB's own parse.
 */
export function checkWords(
  piece: Piece,
  author: Author,
  mayWrite: (target: string) => boolean,
  byCode = false,
): void {
  const { tokens } = piece;
  const wrong = author === 'model' || byCode ? wrongFileName(tokens) : null;
  if (wrong) refuse(wrong.what, wrong.advice, piece);
  tokens.forEach((token, index) => {
    const name = token.text.toLowerCase();
    // FROM takes a name in single quotes as well.
    if (author === 'model' && token.kind !== 'symbol' && HARMFUL_TABLES.has(name.split('.').at(-1) ?? '')) {
      refuse(`Reading ${name}`, 'Query the tables and files themselves.', piece);
    }
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    const next = tokens[index + 1];
    if (next?.kind === 'symbol' && next.text === '(') {
      if (HARMFUL_FUNCTIONS.has(name))
        refuse(`The function ${name}`, 'It would break the database for later cells.', piece);
      if (RUN_SQL.has(name))
        refuse(
          `The function ${name}`,
          'Write the SQL itself, or put it together in Python for sql("…").',
          piece,
        );
      if (OF_OTHER_DATABASES.test(name)) {
        refuse(`The function ${name}`, 'Attach the database with %attach, and query its tables.', piece);
      }
      if (author === 'model' && HARMFUL_TO_THE_MODEL.has(name)) {
        refuse(`The function ${name}`, 'Query the tables and files themselves.', piece);
      }
    }
  });
  checkPragma(piece, author);
  const kept = prepared(piece);
  if (kept && targetOf(kept)) refuse('PREPARE of what writes a file', 'Run it as it is.', piece);
  const inner = explained(piece) ?? kept;
  if (inner) checkWords(inner, author, mayWrite);
  const words = leadingWords(piece);
  const first = words[0] ?? '';
  if (author === 'model' && NEVER_BY_THE_MODEL.has(first)) {
    refuse(first.toUpperCase(), TO_THE_MODEL[first] ?? ADVICE[first] ?? READ_OR_WRITE, piece);
  }
  if (words.includes('secret') && ['create', 'drop', 'alter'].includes(words[0] ?? '')) {
    refuse('Making or dropping a secret', ADVICE['secret'] ?? '', piece);
  }
  if (author === 'user' && !inner) checkTarget(piece, mayWrite);
}

/**
 * What one of the statements that DuckDB parsed out of a piece may do. Throws GateError where its author may not run
 * it. `expanded` says that DuckDB made it itself on the way to the piece's last statement, as it does for PIVOT.
 */
export function accessOf(type: StatementType, piece: Piece, author: Author, expanded: boolean): Access {
  const words = leadingWords(piece);
  switch (type) {
    case StatementType.SELECT:
    case StatementType.EXPLAIN:
      return 'read';
    case StatementType.INSERT:
    case StatementType.UPDATE:
    case StatementType.DELETE:
    case StatementType.MERGE_INTO:
      return 'write';
    case StatementType.CREATE:
    case StatementType.CREATE_FUNC:
      if (expanded && words[0] !== 'create') return 'read';
      return allowedObject(words, CREATABLE, piece);
    case StatementType.DROP:
      return allowedObject(words, CREATABLE, piece);
    case StatementType.ALTER:
      return words[0] === 'comment' ? 'write' : allowedObject(words, ALTERABLE, piece);
    case StatementType.COPY:
    case StatementType.COPY_DATABASE:
    case StatementType.EXPORT:
      // Whose words are others was not looked at for what it writes.
      if (author === 'user' && WRITING_FILES.has(words[0] ?? '')) return 'write';
      return refuseKind(type, words, piece);
    case StatementType.VACUUM:
    case StatementType.ANALYZE:
    case StatementType.PREPARE:
    case StatementType.EXECUTE:
    case StatementType.CALL:
      if (author === 'user') return 'write';
      return refuseKind(type, words, piece);
    case StatementType.TRANSACTION:
      // One that nobody wrote is DuckDB's own, around a CREATE with a PIVOT in it.
      if (!TRANSACTION.has(words[0] ?? '')) return 'write';
      return author === 'user' ? 'write' : refuseKind(type, words, piece);
    case StatementType.SET:
    case StatementType.VARIABLE_SET:
      if (author === 'user' && (words[0] === 'use' || words[1] === 'variable' || words[1] === 'schema'))
        return 'write';
      return refuseKind(type, words, piece);
    case StatementType.INVALID:
    case StatementType.PRAGMA:
    case StatementType.LOAD:
    case StatementType.RELATION:
    case StatementType.EXTENSION:
    case StatementType.LOGICAL_PLAN:
    case StatementType.ATTACH:
    case StatementType.DETACH:
    case StatementType.MULTI:
    case StatementType.UPDATE_EXTENSIONS:
      return refuseKind(type, words, piece);
  }
}

/** Whether a statement begins like one that writes; DuckDB's parse has the last word. */
export function beginsLikeWrite(piece: Piece): boolean {
  const first = piece.tokens[0]?.text ?? '';
  return ['insert', 'update', 'delete', 'merge', 'create', 'drop', 'alter', 'truncate', 'comment'].includes(
    first,
  );
}

function leadingWords(piece: Piece): string[] {
  return piece.tokens.slice(0, 8).map((token) => (token.kind === 'word' ? token.text : ''));
}

function allowedObject(words: readonly string[], allowed: ReadonlySet<string>, piece: Piece): Access {
  const object = words.slice(1).find((word) => !MODIFIERS.has(word)) ?? '';
  if (words[0] === 'truncate' || words[0] === 'deallocate' || allowed.has(object)) return 'write';
  return refuse(
    `${(words[0] ?? '').toUpperCase()} ${object.toUpperCase()}`,
    ADVICE[object] ?? 'Tables, views, schemas, indexes, sequences, macros and types can be made.',
    piece,
  );
}

function checkPragma(piece: Piece, author: Author): void {
  const [first, second] = piece.tokens;
  if (first?.kind !== 'word' || first.text !== 'pragma') return;
  const name = second?.text.toLowerCase() ?? '';
  const isOpen = READING_PRAGMAS.has(name) && !(author === 'model' && HARMFUL_TABLES.has(`pragma_${name}`));
  if (!isOpen) refuse(`PRAGMA ${name}`, ADVICE['pragma'] ?? '', piece);
}

function checkTarget(piece: Piece, mayWrite: (target: string) => boolean): void {
  const target = targetOf(piece);
  if (target === null) return;
  const { token } = target;
  if (token === null) refuse('Writing to an expression', 'Name the file in quotes.', piece);
  if (!mayWrite(token.text))
    refuse(
      `Writing to '${token.text}'`,
      'Files are written into the workspace: give a relative name that is no link, and that nothing beside the notebook has.',
      piece,
    );
  checkNaming(piece, token);
}

/** Files of a folder stay in it: DuckDB takes what it is to call them for a path. */
function checkNaming({ tokens, ...piece }: Piece, target: Token): void {
  tokens.forEach((option, index) => {
    if (option.start < target.end || !NAMING_OPTIONS.has(option.text.toLowerCase())) return;
    const [value, end] = tokens.slice(tokens[index + 1]?.text === '=' ? index + 2 : index + 1);
    const isPlain = value !== undefined && value.kind !== 'symbol' && !value.text.includes('/');
    if (!isPlain || (end?.text !== ',' && end?.text !== ')'))
      refuse(option.text.toUpperCase(), 'Give a name in quotes, without a folder.', { ...piece, tokens });
  });
}

function refuseKind(type: StatementType, words: readonly string[], piece: Piece): never {
  const word = words[0] ?? '';
  const kind = StatementType[type].replaceAll('_', ' ');
  const what = word === '' || kind.toLowerCase().startsWith(word) ? kind : word.toUpperCase();
  const isZone = word === 'set' && (words.includes('timezone') || words.includes('zone'));
  return refuse(what, isZone ? TIME_ZONE : (ADVICE[word] ?? READ_OR_WRITE), piece);
}

function refuse(what: string, advice: string, piece: Piece): never {
  throw new GateError(`${what} is refused here. ${advice}`, piece.sql);
}
