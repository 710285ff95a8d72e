import type { DuckDBConnection } from '@duckdb/node-api';
import { count } from '../../../counts.js';
import { quoteAlways } from '../../sql/quote.js';
import type { CsvOptions } from '../../types.js';
import { fitsNothing } from './loadFailure.js';
import type { Notation, NotationName } from './notations.js';
import { csvSource, type Dialect, type Types } from './sniffCsv.js';
import { findSuspects, type Suspect } from './suspects.js';

/** So many different texts that are no numbers may stand for a missing value. */
const PLACEHOLDERS = 3;
/** What has digits is more than a word for nothing, but for errors such as #DIV/0!. The others cannot be given as an option. */
const NO_PLACEHOLDER = /^(?!#DIV\/0!$).*\d|[",]/;
/** Beyond them, what does not fit is told where it is no more of a column than this; a single day that is in no calendar, always. */
const FEW = 0.1;

/** How columns are read whose texts can be meant in several ways. */
export interface Readings {
  /** Columns that are to be read as text, with an expression for their values. */
  readonly values: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** A notation, and what the whole column would be in it. */
interface Trial {
  readonly notation: Notation;
  /** Null where a value does not fit. */
  readonly type: string | null;
  readonly misfits: number;
  /** The first of the different ones. */
  readonly such: readonly string[];
}

interface Tried extends Suspect {
  readonly trials: readonly Trial[];
  /** Whether it makes a difference which notation it is. */
  readonly differ: boolean;
  readonly total: number;
}

/**
 * Settles in which notation numbers and dates are: decimal commas or points, the day or the month first. It is the one
 * that all values of a column fit; of several, the one that was asked for, else the one of the file's other columns, else
 * the usual one, and then it is said. `fixed`: types that stand already.
 */
export async function readTexts(
  connection: DuckDBConnection,
  dialect: Dialect,
  fixed: Types,
  asked: CsvOptions,
): Promise<Readings> {
  const { suspects, certain, notes: found } = await findSuspects(connection, dialect, fixed, asked);
  const tried = await tryNotations(connection, dialect, suspects);
  const known = new Set([...certain, ...tried.flatMap(certainly)]);
  for (const kind of ['decimal', 'dates'] as const) checkAsked(kind, asked[kind], tried, certain);
  const values = new Map<string, string>();
  const notes = [...found];
  for (const column of tried) {
    const fits = fitting(column);
    const evident = fits.filter(({ notation }) => known.has(notation.name));
    const of = (name: NotationName | undefined): Trial | undefined =>
      fits.find(({ notation }) => notation.name === name);
    const clear = of(asked[column.kind]) ?? (evident.length === 1 ? evident[0] : undefined);
    const chosen = clear ?? of(usual(column, dialect)) ?? fits[0];
    notes.push(...notesOn(column, chosen, clear === undefined));
    if (chosen && chosen.notation.name !== column.native) {
      const type = fixed.get(column.name) ?? chosen.type;
      values.set(column.name, `CAST(${chosen.notation.value} AS ${type})`);
    }
  }
  return { values, notes };
}

function checkAsked(
  kind: Suspect['kind'],
  wanted: NotationName | undefined,
  tried: readonly Tried[],
  certain: readonly NotationName[],
): void {
  if (wanted === undefined) return;
  const columns = tried.filter(
    (column) => column.kind === kind && column.notations.some(({ name }) => name !== 'iso'),
  );
  const fits = columns.some((column) => fitting(column).some(({ notation }) => notation.name === wanted));
  const others = columns.length > 0 || (wanted === 'comma' && certain.includes('point'));
  if (others && !fits) throw fitsNothing(kind, wanted);
}

function fitting({ trials }: Tried): Trial[] {
  return trials.filter(({ type }) => type !== null);
}

function certainly(column: Tried): NotationName[] {
  const [only, ...others] = fitting(column);
  return only && others.length === 0 ? [only.notation.name] : [];
}

function usual({ kind, native }: Tried, { delimiter, dates }: Dialect): NotationName {
  // DuckDB takes a short year for the first part, which it is between dashes at most.
  const isYearFirst = [dates.DATE, dates.TIMESTAMP].some((format) => format?.startsWith('%y-') === true);
  if (native !== null && (native !== 'ymd' || isYearFirst)) return native;
  if (kind === 'dates') return 'dmy';
  return delimiter === ';' ? 'comma' : 'point';
}

function notesOn(column: Tried, chosen: Trial | undefined, unsure: boolean): string[] {
  const { name, kind, differ } = column;
  if (!chosen) return misfitNotes(column);
  const others = fitting(column).filter((trial) => trial !== chosen);
  const ways = others.map(({ notation }) => `${notation.title} (--${kind} ${notation.name})`);
  const read = `${name} was read ${chosen.notation.title}.`;
  if (unsure && differ && ways.length > 0)
    return [`${read} Every value could also be meant ${ways.join(' or ')}.`];
  return chosen.notation.name === 'comma' ? [read] : [];
}

function misfitNotes({ name, kind, trials, total }: Tried): string[] {
  const wanted = kind === 'dates' ? 'date' : 'number';
  const [least] = [...trials].sort((one, other) => one.misfits - other.misfits);
  if (!least || least.misfits === 0) return [];
  const { misfits, such } = least;
  if (such.length <= PLACEHOLDERS && !such.some((text) => NO_PLACEHOLDER.test(text)))
    return [
      `${name} stays text for ${such.map((text) => `"${text}"`).join(', ')}, no ${such.length === 1 ? wanted : `${wanted}s`}: ` +
        `--missing "${such.join(',')}" takes ${such.length === 1 ? 'it for a missing value' : 'them for missing values'}.`,
    ];
  if (misfits > total * FEW && (kind !== 'dates' || misfits > 1)) return [];
  return [
    `${name} stays text: ${count(misfits)} of its ${count(total)} values ${misfits === 1 ? `is no ${wanted}` : `are no ${wanted}s`}, such as "${such[0] ?? ''}".`,
  ];
}

/** Reads the suspects' columns as a whole, in every notation. */
async function tryNotations(
  connection: DuckDBConnection,
  dialect: Dialect,
  suspects: readonly Suspect[],
): Promise<Tried[]> {
  if (suspects.length === 0) return [];
  const trials = suspects.map(({ name, notations }) => {
    const text = quoteAlways(name);
    const each = notations.map(({ type, value }) => {
      const misfits = `FILTER (WHERE ${text} IS NOT NULL AND ${value} IS NULL)`;
      return `{type: ${type}, misfits: count(*) ${misfits}, such: list_sort(list(DISTINCT ${text}) ${misfits})[:${PLACEHOLDERS + 1}]}`;
    });
    const [first, ...others] = notations;
    const differ = others.map(({ value }) => `${value} IS DISTINCT FROM ${first?.value ?? 'NULL'}`);
    return `{trials: [${each.join(', ')}], differ: bool_or(${['false', ...differ].join(' OR ')}), total: count(${text})}`;
  });
  const texts = new Map(suspects.map(({ name }) => [name, 'VARCHAR']));
  const reader = await connection.runAndReadAll(
    `SELECT ${trials.join(', ')} FROM ${csvSource(dialect, ['ignore_errors = true'], texts)}`,
  );
  const found = (reader.getRowsJson()[0] ?? []) as unknown as {
    trials: { type: string | null; misfits: string; such: string[] | null }[];
    differ: boolean;
    total: string;
  }[];
  return suspects.map((suspect, at) => {
    const { trials: results = [], differ = false, total = 0 } = found[at] ?? {};
    return {
      ...suspect,
      differ,
      total: Number(total),
      trials: suspect.notations.map((notation, index) => {
        const { type = null, misfits = 0, such } = results[index] ?? {};
        return { notation, type, misfits: Number(misfits), such: such ?? [] };
      }),
    };
  });
}
