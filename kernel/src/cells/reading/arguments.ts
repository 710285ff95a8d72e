import { UserError } from '../errors.js';
import { suggest } from '../../suggest.js';

/** An option of a magic, declared once: parsing, Tab and `?` all read it. */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  /** Absent for a flag; else the word shown for its value. */
  readonly value?: string;
  readonly type?: 'integer' | 'number' | 'text';
  readonly choices?: readonly string[];
  readonly about: string;
}

export interface Arguments {
  readonly positional: readonly string[];
  readonly options: ReadonlyMap<string, string | true>;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly end: number;
}

/** Words as a shell would split them: quotes group, a backslash before a quote or a space keeps it. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\[\s"'\\]|[^\s"'])+|["'].*$)/gsu;
  for (const match of text.matchAll(pattern)) {
    const raw = match[1] ?? '';
    tokens.push({ text: unquote(raw), quoted: /^["']/.test(raw), end: match.index + match[0].length });
  }
  return tokens;
}

function unquote(raw: string): string {
  return raw.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\([\s"'\\])/g,
    (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\])/g, '$1') : (single ?? escaped ?? ''),
  );
}

/** A path as `tokenize` reads it back; that of a folder stays open, to be gone on with. */
export function quoteWord(path: string, always = false): string {
  if (!always && !/[\s"'\\]/.test(path)) return path;
  return `"${path.replace(/(["\\])/g, '\\$1')}${path.endsWith('/') ? '' : '"'}`;
}

/** All of a line as arguments. Throws a UserError for an unknown option, a wrong value or more than `most` words. */
export function parseArguments(
  magic: string,
  text: string,
  specs: readonly OptionSpec[],
  most: number,
): Arguments {
  const { parsed } = read(magic, text, specs, false);
  const more = parsed.positional.slice(most);
  if (more.length > 0) {
    throw new UserError(
      'UsageError',
      `${magic} does not know what to do with "${more.join(' ')}".`,
      `Quotes keep words with spaces together. ${seeHelp(magic)}`,
    );
  }
  return parsed;
}

/**
 * The options at the start of a line, and where the rest begins: `--limit 5 select 1` gives limit and `select 1`.
 */
export function parseLeadingOptions(
  magic: string,
  text: string,
  specs: readonly OptionSpec[],
): { options: ReadonlyMap<string, string | true>; restAt: number } {
  const { parsed, end } = read(magic, text, specs, true);
  return { options: parsed.options, restAt: end };
}

function read(
  magic: string,
  text: string,
  specs: readonly OptionSpec[],
  leadingOnly: boolean,
): { parsed: Arguments; end: number } {
  const positional: string[] = [];
  const options = new Map<string, string | true>();
  const tokens = tokenize(text);
  let end = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) break;
    const match = token.quoted ? null : /^--([\w-]+)(?:=(.*))?$/s.exec(token.text);
    if (!match) {
      if (leadingOnly) break;
      positional.push(token.text);
      continue;
    }
    const spec = specs.find((candidate) => candidate.name === match[1]);
    if (!spec) throw unknownOption(magic, match[1] ?? '', specs);
    end = token.end;
    if (spec.value === undefined) {
      if (match[2] !== undefined)
        throw new UserError('UsageError', `--${spec.name} takes no value.`, seeHelp(magic));
      options.set(spec.name, true);
      continue;
    }
    let value = match[2];
    if (value === undefined) {
      const next = tokens[++i];
      if (!next)
        throw new UserError(
          'UsageError',
          `--${spec.name} needs a value: --${spec.name} ${spec.value}`,
          seeHelp(magic),
        );
      value = next.text;
      end = next.end;
    }
    checkValue(magic, spec, value);
    options.set(spec.name, value);
  }
  return { parsed: { positional, options }, end };
}

function checkValue(magic: string, spec: OptionSpec, value: string): void {
  const fail = (what: string): never => {
    throw new UserError('UsageError', `--${spec.name} takes ${what}, not "${value}".`, seeHelp(magic));
  };
  if (spec.choices && !spec.choices.includes(value)) fail(spec.choices.join(' or '));
  if (spec.type === 'integer' && !/^\d+$/.test(value)) fail('a whole number');
  if (spec.type === 'number' && !(Number(value) > 0)) fail('a number above zero');
}

function unknownOption(magic: string, name: string, specs: readonly OptionSpec[]): UserError {
  const near = suggest(
    name,
    specs.map((spec) => spec.name),
  );
  const known =
    specs.length === 0 ? 'It has no options.' : `It has ${specs.map((spec) => `--${spec.name}`).join(', ')}.`;
  return new UserError(
    'UsageError',
    `${magic} has no option --${name}.`,
    near === undefined ? `${known} ${seeHelp(magic)}` : `Did you mean --${near}? ${seeHelp(magic)}`,
  );
}

export function seeHelp(magic: string): string {
  return `${magic}? explains it.`;
}
