import { DuckDBTypeId, type DuckDBType } from '@duckdb/node-api';

/** How integers too wide for Parquet travel: as 64 bits where all values fit, else as decimals, else as text. */
type WideInteger = 'BIGINT' | 'DECIMAL(38,0)' | 'VARCHAR';

/** As what a query's values travel that Parquet has no type for. */
export interface ExportForm {
  readonly wide: WideInteger;
  /** Intervals go as whole microseconds, which Python reads as durations; where one has months, all go as text. */
  readonly spans: 'microseconds' | 'text';
}

export const FIRST_FORM: ExportForm = { wide: 'BIGINT', spans: 'microseconds' };
const MONTHS = 'an interval of months is no number of microseconds';

const WIDE_TYPES = new Set([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT]);
/** Those that Parquet lacks, or that its readers in Python do not give back as they were. */
const TEXT_TYPES = new Set([
  DuckDBTypeId.UUID,
  DuckDBTypeId.INTERVAL,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.BIT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
]);

/** The form to try after one in which a value did not fit; null where there is none. */
export function nextForm(
  form: ExportForm,
  { type, message }: { readonly type: string; readonly message: string },
  columns: readonly DuckDBType[],
): ExportForm | null {
  const asText: ExportForm = { ...form, spans: 'text' };
  if (message === MONTHS) return asText;
  if (type !== 'Conversion' && type !== 'Out of Range') return null;
  if (form.wide === 'BIGINT' && columns.some(isWide)) return { ...form, wide: 'DECIMAL(38,0)' };
  if (form.wide === 'DECIMAL(38,0)') return { ...form, wide: 'VARCHAR' };
  return form.spans === 'microseconds' && columns.some(isSpan) ? asText : null;
}

/** Whether a column goes as whole microseconds. */
export function goesAsDuration(type: DuckDBType, { spans }: ExportForm): boolean {
  return spans === 'microseconds' && isSpan(type);
}

/** The expression as which a column is written so that nothing is lost; null where it can go as it is. */
export function exported(column: string, type: DuckDBType, form: ExportForm): string | null {
  if (goesAsDuration(type, form)) {
    const months = `datepart('year', ${column}) <> 0 OR datepart('month', ${column}) <> 0`;
    return `CASE WHEN ${months} THEN error('${MONTHS}') ELSE epoch_us(${column}) END`;
  }
  const cast = exportType(type, form.wide);
  return cast === null ? null : `CAST(${column} AS ${cast})`;
}

function isSpan(type: DuckDBType): boolean {
  return type.typeId === DuckDBTypeId.INTERVAL;
}

/** The type as which a value is written to Parquet so that nothing is lost; null where it can go as it is. */
function exportType(type: DuckDBType, wide: WideInteger): string | null {
  if (WIDE_TYPES.has(type.typeId)) return wide;
  return TEXT_TYPES.has(type.typeId) ? 'VARCHAR' : nestedType(type, wide);
}

/** Whether a type holds integers wider than Parquet's, at any depth. */
function isWide(type: DuckDBType): boolean {
  return exportType(type, 'BIGINT') !== exportType(type, 'VARCHAR');
}

function nestedType(type: DuckDBType, wide: WideInteger): string | null {
  const as = (inner: DuckDBType): string => exportType(inner, wide) ?? inner.toString();
  const changes = (inner: DuckDBType): boolean => exportType(inner, wide) !== null;
  if ('valueType' in type && 'keyType' in type) {
    if (!changes(type.keyType) && !changes(type.valueType)) return null;
    return `MAP(${as(type.keyType)}, ${as(type.valueType)})`;
  }
  if ('valueType' in type) {
    // An array that is NULL has no values in the file, where Arrow looks for as many as the type says: lists have none.
    if (!('length' in type) && !changes(type.valueType)) return null;
    return `${as(type.valueType)}[]`;
  }
  if ('entryTypes' in type) {
    if (!type.entryTypes.some(changes)) return null;
    const entries = type.entryTypes.map((entry, index) => {
      const name = (type.entryNames[index] ?? '').replaceAll('"', '""');
      return `"${name}" ${as(entry)}`;
    });
    return `STRUCT(${entries.join(', ')})`;
  }
  return null;
}
