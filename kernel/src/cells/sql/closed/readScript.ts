import { quoteName } from '../../../database/sql/quote.js';
import type { Token } from '../../../database/sql/scan.js';
import { split, type Piece } from '../../../database/sql/split.js';

/** A statement of an exported database's script. */
export interface ScriptStatement {
  readonly sql: string;
  /** What it makes, such as `view` or `unique index`, and how that is called. */
  readonly kind: string;
  readonly name: string;
  /** Of a table: the columns that are computed, and take no rows. */
  readonly generated: readonly string[];
}
export interface Script {
  /** What is made before the rows come, and what after. */
  readonly first: readonly ScriptStatement[];
  readonly then: readonly ScriptStatement[];
  /** Beginnings of statements that no export writes. */
  readonly foreign: readonly string[];
}

type NamedToken = Token & { readonly name: string };

const MODIFIERS = new Set(['or', 'replace', 'unique']);
const KINDS = new Set(['schema', 'sequence', 'type', 'table', 'macro', 'function', 'view', 'index']);
const FOREIGN = 40;

/** Sorts out what an exported database's script makes. It may come from anybody: only what an export has is taken. */
export function readScript(text: string): Script {
  const script = { first: [] as ScriptStatement[], then: [] as ScriptStatement[], foreign: [] as string[] };
  for (const piece of split(text)) {
    const statement = asStatement(piece);
    if (statement === null) script.foreign.push(piece.sql.slice(0, FOREIGN));
    else if (statement.kind === 'comment' || statement.kind.endsWith('index')) script.then.push(statement);
    else script.first.push(statement);
  }
  return script;
}

function asStatement({ sql, start, tokens: scanned }: Piece): ScriptStatement | null {
  const tokens = scanned.map((token) => ({
    ...token,
    name: nameOf(token, sql.slice(token.start - start, token.end - start)),
  }));
  if (isWord(tokens[0], 'comment'))
    return { sql, kind: 'comment', name: tokens[3]?.name ?? '', generated: [] };
  if (!isWord(tokens[0], 'create')) return null;
  const at = tokens.findIndex((token, index) => index > 0 && !MODIFIERS.has(token.text));
  const [kind, ...rest] = tokens.slice(at);
  if (kind === undefined || !KINDS.has(kind.text)) return null;
  const names = nameAt(rest);
  // Rows of a table come from its file, and from no query.
  if (kind.text === 'table' && rest[names.length * 2 - 1]?.text !== '(') return null;
  return {
    sql,
    kind: tokens[1]?.text === 'unique' ? 'unique index' : kind.text,
    name: names.map(quoteName).join('.'),
    generated: kind.text === 'table' ? generatedIn(rest.slice(names.length * 2)) : [],
  };
}

/** The names that tokens begin with, a dot between each two. */
function nameAt(tokens: readonly NamedToken[]): string[] {
  const names: string[] = [];
  for (let at = 0; ; at += 2) {
    names.push(tokens[at]?.name ?? '');
    if (tokens[at + 1]?.text !== '.') return names;
  }
}

/** The computed columns among those of a table, from what follows its opening parenthesis. */
function generatedIn(tokens: readonly NamedToken[]): string[] {
  const generated: string[] = [];
  let depth = 0;
  let column: NamedToken | undefined = tokens[0];
  tokens.forEach((token, at) => {
    if (token.kind === 'symbol') {
      if ('([{'.includes(token.text)) depth++;
      if (')]}'.includes(token.text)) depth--;
      if (token.text === ',' && depth === 0) column = tokens[at + 1];
    }
    const isGenerated = depth === 0 && isWord(token, 'generated') && isWord(tokens[at + 1], 'always');
    if (isGenerated && column !== undefined && column !== token) generated.push(column.name);
  });
  return generated;
}

function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}

/** DuckDB quotes no name for its capital letters. */
function nameOf({ kind, text }: Token, written: string): string {
  return kind === 'word' ? written : text;
}
