import { scan, type Token } from '../../database/sql/scan.js';
import type { Catalog } from '../../database/types.js';

/** What a query reads from, by the names under which its columns are reached, in lower case. */
export interface Relations {
  /** Name or alias → its columns, as they are called. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The common table expressions, as they are written. */
  readonly ctes: readonly string[];
}

const BEFORE_RELATION = new Set([
  'from',
  'join',
  'into',
  'update',
  'describe',
  'summarize',
  'pivot',
  'unpivot',
]);
/** What may follow a relation and is no alias. */
const NO_ALIAS = new Set(
  (
    'where group order left right inner join on using limit having qualify set values select cross full natural union ' +
    'except intersect window offset asof positional semi anti lateral tablesample returning default as'
  ).split(' '),
);
const ENDS_LIST = new Set([...NO_ALIAS, 'from']);

/** A token, and how it is written. */
interface Word extends Token {
  readonly written: string;
}

/** The relations of the statement that has the position `at`, in all its subqueries. */
export function relationsAt(sql: string, at: number, catalog: Catalog): Relations {
  const tokens = scan(sql).map((token): Word => {
    return { ...token, written: token.kind === 'word' ? sql.slice(token.start, token.end) : token.text };
  });
  return relationsOf(statementAt(tokens, at), catalog);
}

function statementAt(tokens: readonly Word[], at: number): Word[] {
  const isEnd = (token: Token): boolean => token.kind === 'symbol' && token.text === ';';
  const from = tokens.findLastIndex((token) => isEnd(token) && token.start < at) + 1;
  const to = tokens.findIndex((token, index) => index >= from && isEnd(token));
  return tokens.slice(from, to < 0 ? undefined : to);
}

function relationsOf(tokens: readonly Word[], catalog: Catalog): Relations {
  const columns = new Map<string, readonly string[]>();
  const ctes: string[] = [];
  const columnsOf = (name: string): readonly string[] =>
    columns.get(name) ??
    catalog.tables.find((table) => bare(table.name) === name)?.columns.map((column) => column.name) ??
    [];
  tokens.forEach((token, index) => {
    if (!isName(token) || !isCte(tokens, index)) return;
    ctes.push(token.written);
    columns.set(token.text.toLowerCase(), outputOf(inner(tokens, opening(tokens, index)), columnsOf));
  });
  tokens.forEach((token, index) => {
    if (token.kind !== 'word' || !BEFORE_RELATION.has(token.text)) return;
    for (let next = index + 1; ; next += 1) {
      const end = addRelation(tokens, next, columns, columnsOf);
      if (end === null || token.text !== 'from' || tokens[end]?.text !== ',') return;
      next = end;
    }
  });
  return { columns, ctes };
}

/** Adds the relation that begins at `at`, by its name and its alias. Gives where it ends, or null where there is none. */
function addRelation(
  tokens: readonly Word[],
  at: number,
  into: Map<string, readonly string[]>,
  columnsOf: (name: string) => readonly string[],
): number | null {
  const first = tokens[at];
  let found: readonly string[];
  let end: number;
  if (first?.text === '(' && first.kind === 'symbol') {
    const inside = inner(tokens, at);
    found = outputOf(inside, columnsOf);
    end = at + inside.length + 2;
  } else if (first !== undefined && (isName(first) || first.kind === 'string')) {
    end = at + 1;
    const parts = [first.text];
    for (
      let part = tokens[end + 1];
      tokens[end]?.text === '.' && part && isName(part);
      part = tokens[end + 1]
    ) {
      parts.push(part.text);
      end += 2;
    }
    found = columnsOf(parts.join('.').toLowerCase());
    into.set(parts.join('.').toLowerCase(), found);
    into.set((parts.at(-1) ?? '').toLowerCase(), found);
  } else return null;
  if (tokens[end]?.text === 'as') end += 1;
  const alias = tokens[end];
  if (alias === undefined || !isName(alias) || (alias.kind === 'word' && NO_ALIAS.has(alias.text)))
    return end;
  into.set(alias.text.toLowerCase(), found);
  return end + 1;
}

/** The columns that a query gives, as far as its words tell. */
function outputOf(tokens: readonly Word[], columnsOf: (name: string) => readonly string[]): string[] {
  const own = new Map<string, readonly string[]>();
  const at = atDepth(tokens, ({ text }) => text === 'from');
  for (let next = at + 1; at >= 0; next += 1) {
    const end = addRelation(tokens, next, own, columnsOf);
    if (end === null || tokens[end]?.text !== ',') break;
    next = end;
  }
  const all = [...new Set([...own.values()].flat())];
  const select = atDepth(tokens, ({ text }) => text === 'select');
  if (select < 0) return all;
  return itemsOf(tokens.slice(select + 1)).flatMap((item) => {
    const last = item.at(-1);
    if (last?.text === '*') {
      const owner = item.length > 2 ? (item.at(-3)?.text.toLowerCase() ?? '') : null;
      return owner === null ? all : [...(own.get(owner) ?? [])];
    }
    return last !== undefined && isName(last) ? [last.written] : [];
  });
}

/** The items of a list of columns, up to the clause after it. */
function itemsOf(tokens: readonly Word[]): Word[][] {
  const items: Word[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += depthOf(token);
    if (depth === 0 && token.kind === 'word' && ENDS_LIST.has(token.text) && token.text !== 'as') break;
    if (depth === 0 && token.text === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** `name AS (`, `name (a, b) AS (`, after WITH or a comma: what it gives is in the parentheses. */
function isCte(tokens: readonly Word[], at: number): boolean {
  const before = tokens[at - 1]?.text ?? '';
  const open = opening(tokens, at);
  return ['with', 'recursive', ','].includes(before) && open > 0;
}

/** Where the parenthesis of a common table expression opens; 0 where this is none. */
function opening(tokens: readonly Word[], at: number): number {
  let next = at + 1;
  if (tokens[next]?.text === '(') next += inner(tokens, next).length + 2;
  if (tokens[next]?.text !== 'as') return 0;
  next += 1;
  while (['not', 'materialized'].includes(tokens[next]?.text ?? '')) next += 1;
  return tokens[next]?.text === '(' ? next : 0;
}

/** What stands between a parenthesis and the one that closes it. */
function inner(tokens: readonly Word[], open: number): Word[] {
  let depth = 0;
  const rest = tokens.slice(open);
  const close = rest.findIndex((token) => (depth += depthOf(token)) === 0);
  return rest.slice(1, close < 0 ? undefined : close);
}

function atDepth(tokens: readonly Word[], wanted: (token: Token) => boolean): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += depthOf(token);
    return depth === 0 && token.kind === 'word' && wanted(token);
  });
}

function depthOf({ kind, text }: Token): number {
  if (kind !== 'symbol') return 0;
  return '(['.includes(text) ? 1 : ')]'.includes(text) ? -1 : 0;
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'quoted';
}

/** A name without its quotes, as it is compared. */
export function bare(name: string): string {
  return name.replaceAll('"', '').toLowerCase();
}
