import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../../sql/quote.js';
import type { CsvOptions } from '../../types.js';
import {
  dateNotations,
  isDate,
  isEitherOrder,
  isGrouped,
  isIsoDate,
  isNumberIn,
  isoNotation,
  numberNotations,
  type Notation,
  type NotationName,
} from './notations.js';
import { signNote } from './signNote.js';
import { csvSource, type Dialect, type Types } from './sniffCsv.js';

/** Rows at which it is looked before whole columns are read. */
const SAMPLE = 200;
/** Where so many of a column's texts are numbers, it is worth looking at the others. */
const MANY = 0.4;
const CODE = /^0\d/;
const DIGITS = /^[+-]?\d+$/;

/** A column whose texts may be in one of several notations. */
export interface Suspect {
  readonly name: string;
  readonly kind: 'decimal' | 'dates';
  readonly notations: readonly Notation[];
  /** The one in which DuckDB would read it; null where it would stay text. */
  readonly native: NotationName | null;
}

/** What the beginning of a file tells. */
export interface Beginning {
  readonly suspects: readonly Suspect[];
  /** Notations that columns are in without doubt. */
  readonly certain: readonly NotationName[];
  /** What is worth knowing of columns that stay text. */
  readonly notes: readonly string[];
}

/** Finds the columns at whose notation it is worth to look, by the first rows. `fixed`: types that stand already. */
export async function findSuspects(
  connection: DuckDBConnection,
  dialect: Dialect,
  fixed: Types,
  asked: CsvOptions,
): Promise<Beginning> {
  const points = dialect.delimiter === ';' || asked.decimal === 'comma';
  const columns = [...dialect.types].filter(
    ([name, type]) =>
      fixed.get(name) !== 'VARCHAR' &&
      (type === 'VARCHAR' || (type === 'DOUBLE' && points) || nativeOrder(dialect, type) !== null),
  );
  const suspects: Suspect[] = [];
  const certain: NotationName[] = [];
  const notes: string[] = [];
  if (columns.length === 0) return { suspects, certain, notes };
  const names = columns.map(([name]) => quoteAlways(name)).join(', ');
  const texts = new Map(columns.map(([name]) => [name, 'VARCHAR']));
  const reader = await connection.runAndReadAll(
    `SELECT ${names} FROM ${csvSource(dialect, ['ignore_errors = true'], texts)} LIMIT ${SAMPLE}`,
  );
  const read = reader.getColumns();
  columns.forEach(([name, type], index) => {
    const shown = (read[index] ?? []).flatMap((value) => (value === null ? [] : [String(value)]));
    if (shown.length === 0) return;
    const signs = type === 'VARCHAR' ? signNote(name, shown) : null;
    if (signs !== null) {
      notes.push(signs);
    } else if (type === 'VARCHAR' && areNumbers(shown)) {
      suspects.push({ name, kind: 'decimal', notations: numberNotations(name), native: null });
    } else if (type === 'DOUBLE') {
      if (shown.every((text) => isNumberIn('comma', text)))
        suspects.push({ name, kind: 'decimal', notations: numberNotations(name), native: 'point' });
      else if (shown.some(isGrouped)) certain.push('point');
    } else if (shown.every(isDate)) {
      const native = nativeOrder(dialect, type);
      if (native === null || asked.dates !== undefined || shown.every(isEitherOrder))
        suspects.push({ name, kind: 'dates', notations: dateNotations(name, shown), native });
      else certain.push(native);
    } else if (type === 'VARCHAR') {
      const notations = notationsOfMost(name, shown);
      if (notations.length > 0) suspects.push({ name, kind: 'dates', notations, native: null });
    }
  });
  return { suspects, certain, notes };
}

/** In which ways the texts of a column can be dates of which not all are. */
function notationsOfMost(name: string, texts: readonly string[]): Notation[] {
  const isMost = (some: readonly string[]): boolean => some.length > 0 && some.length >= texts.length * MANY;
  if (isMost(texts.filter(isIsoDate))) return [isoNotation(name)];
  const dates = texts.filter(isDate);
  return isMost(dates) ? dateNotations(name, dates) : [];
}

function areNumbers(texts: readonly string[]): boolean {
  const numbers = texts.filter((text) => isNumberIn('comma', text) || isNumberIn('point', text));
  if (numbers.length < texts.length * MANY || texts.some((text) => CODE.test(text))) return false;
  // Digits alone are numbers already, unless something stands between them; in groups, they may be telephone numbers.
  return (
    numbers.some(isGrouped) || (numbers.length < texts.length && numbers.every((text) => DIGITS.test(text)))
  );
}

/** The order in which DuckDB took dates of digits; null where the column has none. */
function nativeOrder({ dates }: Dialect, type: string): NotationName | null {
  const format = type === 'DATE' || type === 'TIMESTAMP' ? (dates[type] ?? '') : '';
  const first = /^%([dmy])[/.-]%/.exec(format)?.[1];
  return first === undefined ? null : first === 'd' ? 'dmy' : first === 'm' ? 'mdy' : 'ymd';
}
