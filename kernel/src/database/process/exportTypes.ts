import { DuckDBTypeId, type DuckDBType } from '@duckdb/node-api';

/** How integers too wide for Parquet travel: as 64 bits where all values fit, else as decimals, else as text. */
export type WideInteger = 'BIGINT' | 'DECIMAL(38,0)' | 'VARCHAR';

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

/** The type as which a column is written to Parquet so that nothing is lost; null where it can go as it is. */
export function exportType(type: DuckDBType, wide: WideInteger): string | null {
  if (WIDE_TYPES.has(type.typeId)) return wide;
  return TEXT_TYPES.has(type.typeId) ? 'VARCHAR' : nestedType(type, wide);
}

/** Whether a type holds integers wider than Parquet's, at any depth. */
export function isWide(type: DuckDBType): boolean {
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
    if (!changes(type.valueType)) return null;
    return `${as(type.valueType)}[${'length' in type ? type.length : ''}]`;
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
