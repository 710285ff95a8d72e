import { countPoints, unitOffset } from '../reading/codePoints.js';
import type { Completions } from '../../jupyter/engine.js';
import { parseLeadingOptions, quoteWord, type OptionSpec } from '../reading/arguments.js';
import type { Kernel } from '../Kernel.js';
import { CELL_MAGICS } from '../magics/cellMagics.js';
import type { ArgumentKind } from '../magics/Magic.js';
import { LINE_MAGICS } from '../magics/registry.js';
import type { Body } from '../reading/parse.js';
import { PYTHON_OPTIONS } from '../pythonCell.js';
import { readCell } from '../reading/readCell.js';
import { SETTINGS } from '../settings/settingSpecs.js';
import { readSqlCell } from '../sql/sqlCell.js';
import { variablesNow } from '../variablesNow.js';
import { completeFiles } from './files.js';
import { completeSql, parameterBefore, type Match } from './sql.js';

/** Types of variables that SQL takes as tables, and not as values. */
const TABLES = new Set(['DataFrame', 'Table', 'RecordBatch', 'LazyFrame']);

/** Matches with the UTF-16 offset in the cell where the word that they replace begins. */
interface Found {
  readonly start: number;
  readonly matches: readonly Match[];
}

/** Tab in any cell: magics and their options, SQL, Python, files. `cursor` counts code points. */
export async function complete(kernel: Kernel, code: string, cursor: number): Promise<Completions> {
  const at = unitOffset(code, cursor);
  const { start, matches } = await find(kernel, code, at);
  return { matches, start: countPoints(code.slice(0, start)), end: cursor };
}

async function find(kernel: Kernel, code: string, at: number): Promise<Found> {
  const lineStart = code.lastIndexOf('\n', at - 1) + 1;
  const line = code.slice(lineStart, at);
  const { defaultKind } = kernel;
  const { body } = readCell(code, defaultKind);
  const inBody = body?.form === 'magic' && lineStart >= body.textOffset;
  const sqlLine = /^\s*%sql\s/.exec(line)?.[0];
  if (sqlLine !== undefined && !inBody && !/\s-[\w-]*$/.test(line)) {
    const [rest = ''] = code.slice(at).split('\n');
    const upToEnd = code.slice(0, at + rest.length);
    return completeSqlAt(kernel, upToEnd, readSqlCell(upToEnd, lineStart + sqlLine.length).offset, at);
  }
  // What a cell runs may begin on the line of its magic, after the options.
  const isBeside = body?.form === 'magic' && at > body.restOffset && !/\s-[\w-]*$/.test(line);
  if (/^\s*%/.test(line) && !inBody && !isBeside) return completeMagicLine(kernel, line, lineStart, at);
  const kind = body?.form === 'magic' ? body.name : defaultKind;
  switch (kind) {
    case 'sql':
      return completeSqlAt(kernel, code, beginningOf(body, code) ?? lineStart, at);
    case 'python':
      return completePython(kernel, code, beginningOf(body, code) ?? lineStart, at);
    default:
      return completeNames(kernel, line, at);
  }
}

/** Where a body's SQL or Python begins; null where it has none. */
function beginningOf(body: Body | null, code: string): number | null {
  if (body?.form === 'plain') return body.textOffset;
  if (body?.form !== 'magic') return null;
  if (body.name === 'sql') return readSqlCell(code, body.restOffset).offset;
  return body.restOffset + parseLeadingOptions('%%python', body.rest, PYTHON_OPTIONS).restAt;
}

async function completeMagicLine(
  kernel: Kernel,
  line: string,
  lineStart: number,
  at: number,
): Promise<Found> {
  const naming = /^(\s*)(%%?)([\w-]*)$/.exec(line);
  if (naming) {
    const [, indent = '', sign = '%', typed = ''] = naming;
    const cell = CELL_MAGICS.map((magic) => ({ text: `%%${magic.name}`, type: 'magic' }));
    const lines = LINE_MAGICS.map((magic) => ({ text: `%${magic.name}`, type: 'magic' }));
    const all = sign === '%%' ? cell : [...lines, ...cell];
    const wanted = all.filter(({ text }) => text.replace(/^%+/, '').startsWith(typed));
    return { start: lineStart + indent.length, matches: wanted };
  }
  const [, sign, name = ''] = /^\s*(%%?)([\w-]+)/.exec(line) ?? [];
  const word = /(?:^|\s)("[^"]*)$/.exec(line)?.[1] ?? /\S*$/.exec(line)?.[0] ?? '';
  const start = at - word.length;
  const magic = [...LINE_MAGICS, ...CELL_MAGICS].find((candidate) => candidate.name === name);
  if (!magic) return { start, matches: [] };
  const earlier = line
    .slice(0, line.length - word.length)
    .trim()
    .split(/\s+/);
  if (word.startsWith('-')) return { start, matches: optionMatches(magic.options, word) };
  const valued = magic.options.find((option) => `--${option.name}` === earlier.at(-1));
  if (valued?.choices) return { start, matches: matching(valued.choices, word, 'value') };
  if (sign === '%%' || !('words' in magic)) return { start, matches: [] };
  const words = earlier.slice(1).filter((text) => !text.startsWith('-'));
  const kind = magic.words[Math.min(words.length, magic.words.length - 1)];
  if (kind === undefined) return { start, matches: [] };
  return { start, matches: await wordsOfKind(kernel, kind, word, words) };
}

function optionMatches(options: readonly OptionSpec[], word: string): Match[] {
  return matching(
    options.map((option) => `--${option.name}`),
    word,
    'option',
  );
}

async function wordsOfKind(
  kernel: Kernel,
  kind: ArgumentKind,
  word: string,
  before: readonly string[],
): Promise<Match[]> {
  switch (kind) {
    case 'file':
    case 'folder': {
      const typed = word.replace(/^"/, '');
      const files = await completeFiles(typed, [kernel.paths.notebookFolder], kind === 'folder');
      return files.map(({ text, type }) => ({ text: quoteWord(text, word !== typed), type }));
    }
    case 'table':
      return matching(
        (await kernel.catalog()).tables.map(({ name }) => name),
        word,
        'table',
      );
    case 'worldline':
      return matching(await kernel.worldlineNames(), word, 'worldline');
    case 'setting':
      return matching(
        SETTINGS.map(({ name }) => name),
        word,
        'setting',
      );
    case 'value':
      return matching(choicesOf(before.at(-1)), word, 'value');
    case 'magic':
      return matching(
        [...CELL_MAGICS, ...LINE_MAGICS].map(({ name }) => name),
        word.replace(/^%+/, ''),
        'magic',
      );
    case 'kind':
      return matching(choicesOf('default'), word, 'kind');
    case 'alias':
      return matching((await kernel.catalog()).attached, word, 'alias');
    case 'run':
      return matching(
        kernel.usage.runs.map(({ cell }) => String(cell)),
        word,
        'run',
      );
    case 'own':
      return [];
  }
}

/** The values of a setting, where they can be told. */
function choicesOf(setting: string | undefined): readonly string[] {
  const spec = SETTINGS.find(({ name }) => name === setting);
  return spec?.choices ?? (spec?.type === 'boolean' ? ['true', 'false'] : []);
}

async function completeSqlAt(kernel: Kernel, code: string, offset: number, at: number): Promise<Found> {
  if (at < offset) return { start: at, matches: [] };
  const parameter = parameterBefore(code.slice(offset, at));
  if (parameter !== null) {
    const { variables } = await variablesNow(kernel);
    const values = variables.filter(({ type }) => !TABLES.has(type)).map(({ name }) => name);
    return { start: at - parameter.length, matches: matching(values, parameter, 'instance') };
  }
  const { start, matches, file } = completeSql(code.slice(offset), at - offset, await kernel.catalog());
  if (file === null) return { start: offset + start, matches };
  const found = await kernel.completeReadable(file.replaceAll("''", "'"));
  return {
    start: offset + start,
    matches: found.map(({ text, type }) => ({ text: text.replaceAll("'", "''"), type })),
  };
}

async function completePython(kernel: Kernel, code: string, offset: number, at: number): Promise<Found> {
  const text = code.slice(offset);
  const runtime = await kernel.active();
  const found = await (await runtime.python()).complete(text, countPoints(code.slice(offset, at)));
  const start = offset + unitOffset(text, found.start);
  return {
    start,
    matches: found.matches.map((match) => ({ text: match.text, type: match.type ?? 'instance' })),
  };
}

/** In a question: the tables and files that may be meant. */
async function completeNames(kernel: Kernel, line: string, at: number): Promise<Found> {
  const word = /[\p{L}\p{N}_./-]*$/u.exec(line)?.[0] ?? '';
  if (word === '') return { start: at, matches: [] };
  const tables = matching(
    (await kernel.catalog()).tables.map(({ name }) => name),
    word,
    'table',
  );
  return { start: at - word.length, matches: [...tables, ...(await kernel.completeReadable(word))] };
}

function matching(texts: readonly string[], word: string, type: string): Match[] {
  return texts
    .filter((text) => text.toLowerCase().startsWith(word.toLowerCase()))
    .map((text) => ({ text, type }));
}
