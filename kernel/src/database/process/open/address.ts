import { quoteText } from '../../sql/quote.js';

/** The address of a database elsewhere: as words `key=value` without the password, and the password. */
export interface Address {
  readonly words: string;
  readonly password: string | null;
}

const PASSWORD = /\s*\b(?:password|passwd)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/gi;
/** What the parts of a URL are called: libpq's words, then those of MySQL. */
const DATABASE = { postgres: 'dbname', mysql: 'database' } as const;

/** Reads a URL or words, so that the password can be given apart: what DuckDB shows as the path has none then. */
export function readAddress(source: string, type: 'postgres' | 'mysql'): Address {
  if (!/^\w+:\/\//.test(source)) {
    const found = [...source.matchAll(PASSWORD)].at(-1);
    const password = found === undefined ? null : (found[1]?.replace(/\\(.)/g, '$1') ?? found[2] ?? '');
    return { words: source.replace(PASSWORD, '').trim(), password };
  }
  if (!URL.canParse(source)) return { words: source, password: null };
  const { hostname, port, username, password, pathname, searchParams } = new URL(source);
  const parts: [string, string][] = [
    ['host', decodeURIComponent(hostname).replace(/^\[|\]$/g, '')],
    ['port', port],
    ['user', decodeURIComponent(username)],
    [DATABASE[type], decodeURIComponent(pathname.slice(1))],
    ...searchParams,
  ];
  const words = parts.flatMap(([key, value]) => (value === '' ? [] : [`${key}=${quoteWord(value)}`]));
  return { words: words.join(' '), password: password === '' ? null : decodeURIComponent(password) };
}

function quoteWord(value: string): string {
  return /^[\w.:-]+$/.test(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`;
}

/** A secret for a password, known to this instance alone. */
export function passwordSecret(name: string, type: 'postgres' | 'mysql', password: string): string {
  return `CREATE OR REPLACE TEMPORARY SECRET ${name} (TYPE ${type}, PASSWORD ${quoteText(password)})`;
}
