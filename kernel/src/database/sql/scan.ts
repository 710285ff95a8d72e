/** One token of SQL. `text` is decoded for words (lower case), quoted names and strings; offsets are UTF-16. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What DuckDB makes a plain space of before it parses, outside of quotes. */
const UNICODE_SPACE = /[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/;
const SPACE = new RegExp(`[ \\t\\n\\f\\r]|${UNICODE_SPACE.source}`);
const WORD_START = new RegExp(`(?!${UNICODE_SPACE.source})[A-Za-z_\\u0080-\\uffff]`);
const WORD = new RegExp(`(?!${UNICODE_SPACE.source})[A-Za-z0-9_$\\u0080-\\uffff]`);
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
/**
 * DuckDB's tokens, comments and white space left out. It decides where statements end and which names occur in them,
 * never what a statement is: that is DuckDB's own parse. An unclosed quote or comment runs to the end of the text.
 */
export function scan(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const add = (token: Token): void => {
    tokens.push(token);
    at = token.end;
  };
  while (at < sql.length) {
    const char = sql.charAt(at);
    const start = at;
    const last = tokens.at(-1);
    if (SPACE.test(char)) {
      at += 1;
    } else if (sql.startsWith('--', at)) {
      const end = sql.slice(at).search(/[\n\r]/);
      at = end < 0 ? sql.length : at + end;
    } else if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at);
    } else if (char === "'" && last !== undefined && goesOn(sql, last, at)) {
      const isEscaped = /[eE]/.test(sql.charAt(last.start));
      const part = isEscaped ? escapedAt(sql, at) : quotedAt(sql, at);
      tokens.pop();
      add({ ...part, text: last.text + part.text, start: last.start });
    } else if (char === "'" || char === '"') {
      add(quotedAt(sql, at));
    } else if ((char === 'e' || char === 'E') && sql.charAt(at + 1) === "'") {
      add({ ...escapedAt(sql, at + 1), start });
    } else if (char === '$' && dollarTag(sql, at) !== null) {
      const tag = dollarTag(sql, at) ?? '';
      const close = sql.indexOf(tag, at + tag.length);
      const text = sql.slice(start + tag.length, close < 0 ? sql.length : close);
      add({ kind: 'string', text, start, end: close < 0 ? sql.length : close + tag.length });
    } else if (WORD_START.test(char)) {
      while (at < sql.length && WORD.test(sql.charAt(at))) at += 1;
      add({ kind: 'word', text: sql.slice(start, at).toLowerCase(), start, end: at });
    } else if (/[0-9]/.test(char)) {
      while (at < sql.length && /[0-9A-Za-z_.]/.test(sql.charAt(at))) at += 1;
      add({ kind: 'number', text: sql.slice(start, at), start, end: at });
    } else {
      add({ kind: 'symbol', text: char, start, end: at + 1 });
    }
  }
  return tokens;
}

/**
 * Whether a quote at `at` is the next part of the text before it: a line ends between them, and what else stands there are
 * spaces and comments to the end of a line.
 */
function goesOn(sql: string, before: Token, at: number): boolean {
  if (before.kind !== 'string' || sql.charAt(before.start) === '$') return false;
  const between = sql.slice(before.end, at).replace(/--[^\n\r]*/g, '');
  return /[\n\r]/.test(between) && !between.includes('/*');
}

function quotedAt(sql: string, start: number): Token {
  const quote = sql.charAt(start);
  const end = endOfQuoted(sql, start, quote);
  const text = sql.slice(start + 1, closedAt(sql, start, end, quote)).replaceAll(quote + quote, quote);
  return { kind: quote === "'" ? 'string' : 'quoted', text, start, end };
}

function escapedAt(sql: string, start: number): Token {
  const end = endOfEscaped(sql, start);
  return { kind: 'string', text: unescape(sql.slice(start + 1, closedAt(sql, start, end, "'"))), start, end };
}

function endOfComment(sql: string, start: number): number {
  let depth = 1;
  let at = start + 2;
  while (at < sql.length && depth > 0) {
    if (sql.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (sql.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
    } else {
      at += 1;
    }
  }
  return at;
}

function endOfQuoted(sql: string, start: number, quote: string): number {
  let at = start + 1;
  for (;;) {
    const close = sql.indexOf(quote, at);
    if (close < 0) return sql.length;
    if (sql.charAt(close + 1) !== quote) return close + 1;
    at = close + 2;
  }
}

function endOfEscaped(sql: string, quoteAt: number): number {
  let at = quoteAt + 1;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (char === '\\') at += 2;
    else if (char === "'" && sql.charAt(at + 1) === "'") at += 2;
    else if (char === "'") return at + 1;
    else at += 1;
  }
  return sql.length;
}

function closedAt(sql: string, quoteAt: number, end: number, quote: string): number {
  return end - 1 > quoteAt && sql.charAt(end - 1) === quote ? end - 1 : end;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescape(text: string): string {
  return text
    .replaceAll("''", "'")
    .replace(
      /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g,
      (_all, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
        const hex = x ?? u ?? long;
        if (hex !== undefined) return codePoint(parseInt(hex, 16));
        if (octal !== undefined) return codePoint(parseInt(octal, 8));
        return ESCAPES[other ?? ''] ?? other ?? '';
      },
    );
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

function dollarTag(sql: string, at: number): string | null {
  DOLLAR_QUOTE.lastIndex = at;
  return DOLLAR_QUOTE.exec(sql)?.[0] ?? null;
}

/** SQL in which DuckDB finds the same spaces as `scan`: it looks for them past what it takes for quotes, also in comments. */
export function withPlainSpaces(sql: string, tokens: readonly Token[]): string {
  if (!UNICODE_SPACE.test(sql)) return sql;
  let plain = '';
  let at = 0;
  for (const { start, end } of tokens) {
    plain += sql.slice(at, start).replace(/[^\n\r]/g, ' ') + sql.slice(start, end);
    at = end;
  }
  return plain + sql.slice(at).replace(/[^\n\r]/g, ' ');
}
