import { isPattern } from '../paths/patterns.js';
import type { Token } from './scan.js';

/** Table functions that open the file of their first argument, and what reads a table by a name that is a text. */
const READERS = /^(?:read_\w+|parquet_\w+|glob|sniff_csv|query_table)$/;
/** Macros that give rows, and read the table or file of which their first argument is the name. Elsewhere they are aggregates. */
const BY_NAME = /^histogram(?:_values)?$/;
/** What a clause begins with: it tells whether tables stand there. */
const CLAUSE = /^(?:select|from|join|where|group|order|by|having|qualify|on|limit|set|values|returning)$/;
const LIKE_A_FILE = /[./*]/;
const HIDDEN = /^\.[A-Za-z_]/;

/**
 * What is wrong with the names of files in a statement that code in the sandbox may have a hand in; null where nothing is.
 * DuckDB looks where a name leads, and then opens it by name: code that moves folders meanwhile could lead it elsewhere
 * by way of `..`, or to a hidden file. So names are plain, and stand there as they are.
 */
export function wrongFileName(tokens: readonly Token[]): { what: string; advice: string } | null {
  for (const [index, token] of tokens.entries()) {
    if ((token.kind === 'string' || token.kind === 'quoted') && !isPlain(token.text))
      return {
        what: `The name '${token.text}'`,
        advice: "Give the file's plain path, without .. or hidden parts.",
      };
    if ((token.kind !== 'word' && token.kind !== 'quoted') || tokens[index + 1]?.text !== '(') continue;
    const name = token.text.toLowerCase();
    const isByName = BY_NAME.test(name) && isAmongTables(tokens, index);
    if ((READERS.test(name) && !isWritten(tokens, index + 2)) || (isByName && !isNamed(tokens, index + 2)))
      return { what: `A computed name for ${token.text}`, advice: 'Write the names of the files in quotes.' };
  }
  return null;
}

/** A path without a way up after a folder, and without hidden entries. */
function isPlain(text: string): boolean {
  if (!text.includes('/')) return true;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const down = parts.findIndex((part) => part !== '..');
  return down < 0 || parts.slice(down).every((part) => part !== '..' && !HIDDEN.test(part));
}

/** Whether the argument that begins at `at` is a text or a list of texts, and nothing else. */
function isWritten(tokens: readonly Token[], at: number): boolean {
  const listed = tokens[at]?.kind === 'symbol' && tokens[at].text === '[';
  let next = listed ? at + 1 : at;
  while (tokens[next]?.kind === 'string') {
    next += 1;
    if (!listed || tokens[next]?.text !== ',') break;
    next += 1;
  }
  if (tokens[next - 1]?.kind !== 'string') return false;
  const end = listed ? tokens[next + 1] : tokens[next];
  return (!listed || tokens[next]?.text === ']') && (end?.text === ',' || end?.text === ')');
}

/** Whether the argument that begins at `at` is a name, or a text, and nothing else. */
function isNamed(tokens: readonly Token[], at: number): boolean {
  let end = at + 1;
  while (tokens[end]?.text === '.') end += 2;
  return tokens[at]?.kind !== 'symbol' && tokens[end]?.text === ',';
}

/** Whether what stands at `at` is in the place of a table. */
function isAmongTables(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  const clause = tokens.slice(0, at).findLast(({ kind, text }) => {
    if (kind === 'symbol' && text === ')') depth += 1;
    if (kind === 'symbol' && text === '(') depth = Math.max(0, depth - 1);
    return kind === 'word' && depth === 0 && CLAUSE.test(text);
  });
  return clause?.text === 'from' || clause?.text === 'join';
}

/** Texts in quotes that may name a file: those that look so, and what is given to a function that reads files. */
export function namesOfFiles(tokens: readonly Token[]): string[] {
  let depth = 0;
  /** How deep the arguments of a reader are. */
  let reading: number | null = null;
  return tokens.flatMap(({ kind, text }, index) => {
    if (kind === 'symbol' && text === '(') {
      depth += 1;
      if (reading === null && READERS.test(tokens[index - 1]?.text.toLowerCase() ?? '')) reading = depth;
    }
    if (kind === 'symbol' && text === ')') {
      if (reading === depth) reading = null;
      depth -= 1;
    }
    const isQuoted = kind === 'string' || kind === 'quoted';
    return isQuoted && (reading !== null || LIKE_A_FILE.test(text)) ? text : [];
  });
}

/** The functions whose arguments have a FROM that names no table. */
const OWN_FROM = new Set(['substring', 'trim', 'extract', 'overlay']);

/** A pattern of files, and where it stands: the argument of a function that reads files, in a list that is one, or as a table does. */
export interface PatternPlace {
  readonly token: Token;
  readonly place: 'argument' | 'listed' | 'relation';
}

/** The patterns that a statement surely reads files by. */
export function patternsIn(tokens: readonly Token[]): PatternPlace[] {
  /** The index of each bracket that is open, the innermost one last. */
  const open: number[] = [];
  return tokens.flatMap((token, at): PatternPlace[] => {
    const { kind, text } = token;
    if (kind === 'symbol' && '(['.includes(text)) open.push(at);
    if (kind === 'symbol' && ')]'.includes(text)) open.pop();
    if ((kind !== 'string' && kind !== 'quoted') || !isPattern(text)) return [];
    const place = placeOf(tokens, at, open.at(-1) ?? -1);
    return place === null ? [] : [{ token, place }];
  });
}

function placeOf(tokens: readonly Token[], at: number, bracket: number): PatternPlace['place'] | null {
  const isReader = (parenthesis: number): boolean =>
    tokens[parenthesis]?.text === '(' && READERS.test(tokens[parenthesis - 1]?.text.toLowerCase() ?? '');
  const before = tokens[at - 1];
  if (tokens[at]?.kind === 'string') {
    if (bracket === at - 1 && isReader(bracket)) return 'argument';
    if (tokens[bracket]?.text === '[' && isReader(bracket - 1) && '[,'.includes(before?.text ?? ''))
      return 'listed';
  }
  if (before === undefined) return 'relation';
  if (before.kind !== 'word' || (before.text !== 'from' && before.text !== 'join')) return null;
  const isOwn = tokens[at - 2]?.text === 'distinct' || OWN_FROM.has(tokens[bracket - 1]?.text ?? '');
  return isOwn ? null : 'relation';
}
