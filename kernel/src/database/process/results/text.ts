import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBGeometryValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  DuckDBVariantValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { count } from '../../../counts.js';
import type { CellText, ColumnKind } from '../../types.js';
import { doubleText, floatText } from './numberText.js';
import { offsetMinutes } from './timeZone.js';

const SHOWN_BYTES = 32;
/** Longer texts are cut: no page has more of one value. */
const SHOWN_CHARACTERS = 1_000_000;

/** A top-level value as it is shown; null is SQL NULL. */
export function textOf(value: DuckDBValue, type: DuckDBType): CellText {
  if (value === null) return null;
  const text = exact(value, type);
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS)}… (${count(text.length)} characters)`;
}

function exact(value: Exclude<DuckDBValue, null>, type: DuckDBType): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value, type);
  if (typeof value !== 'object') return String(value);
  if (value instanceof DuckDBBlobValue) return bytesText(value.bytes);
  if (value instanceof DuckDBGeometryValue) return bytesText(value.bytes);
  if (value instanceof DuckDBTimestampTZValue) return zonedText(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return listText(value.items, type);
  if (value instanceof DuckDBStructValue) return structText(value, type);
  if (value instanceof DuckDBMapValue) return mapText(value, type);
  if (value instanceof DuckDBUnionValue) return unionText(value, type);
  if (value instanceof DuckDBVariantValue)
    return value.type ? nested(value.value, value.type) : value.toString();
  return value.toString();
}

function numberText(value: number, type: DuckDBType): string {
  if (type.typeId === DuckDBTypeId.FLOAT) return floatText(value);
  return type.typeId === DuckDBTypeId.DOUBLE ? doubleText(value) : String(value);
}

/** A value within another one: text is quoted, NULL is spelled out. */
function nested(value: DuckDBValue, type: DuckDBType): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' && type.typeId !== DuckDBTypeId.BIGNUM
    ? JSON.stringify(value)
    : exact(value, type);
}

function listText(items: readonly DuckDBValue[], type: DuckDBType): string {
  const of = 'valueType' in type ? type.valueType : type;
  return `[${items.map((item) => nested(item, of)).join(', ')}]`;
}

function structText(value: DuckDBStructValue, type: DuckDBType): string {
  const types = 'entryTypes' in type ? type.entryTypes : [];
  const entries = Object.entries(value.entries).map(
    ([name, entry], index) => `${JSON.stringify(name)}: ${nested(entry, types[index] ?? type)}`,
  );
  return `{${entries.join(', ')}}`;
}

function mapText(value: DuckDBMapValue, type: DuckDBType): string {
  const [keyType, valueType] = 'keyType' in type ? [type.keyType, type.valueType] : [type, type];
  const entries = value.entries.map(
    (entry) => `${nested(entry.key, keyType)}: ${nested(entry.value, valueType)}`,
  );
  return `{${entries.join(', ')}}`;
}

function unionText(value: DuckDBUnionValue, type: DuckDBType): string {
  const member = 'memberTags' in type ? type.memberTags.indexOf(value.tag) : -1;
  const of = 'memberTypes' in type ? type.memberTypes[member] : undefined;
  return value.value === null ? 'NULL' : exact(value.value, of ?? type);
}

function zonedText(value: DuckDBTimestampTZValue): string {
  if (!value.isFinite) return value.micros > 0n ? 'infinity' : '-infinity';
  DuckDBTimestampTZValue.timezoneOffsetInMinutes = offsetMinutes(value.micros);
  return value.toString();
}

function bytesText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES))
    .toString('hex')
    .toUpperCase();
  const size = `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}`;
  if (bytes.length === 0) return size;
  return `${size} ${hex}${bytes.length > SHOWN_BYTES ? '…' : ''}`;
}

/** How the values of a type are shown and aligned. */
export function kindOf(type: DuckDBType): ColumnKind {
  if (type.alias === 'JSON') return 'nested';
  switch (type.typeId) {
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.BIGNUM:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.DECIMAL:
      return 'number';
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.ENUM:
    case DuckDBTypeId.UUID:
      return 'text';
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIME_TZ:
    case DuckDBTypeId.TIME_NS:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
    case DuckDBTypeId.TIMESTAMP_TZ:
    case DuckDBTypeId.INTERVAL:
      return 'temporal';
    case DuckDBTypeId.BLOB:
    case DuckDBTypeId.BIT:
    case DuckDBTypeId.GEOMETRY:
      return 'binary';
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
    case DuckDBTypeId.UNION:
    case DuckDBTypeId.VARIANT:
      return 'nested';
    case DuckDBTypeId.ANY:
    case DuckDBTypeId.INTEGER_LITERAL:
    case DuckDBTypeId.STRING_LITERAL:
    case DuckDBTypeId.SQLNULL:
      return 'other';
  }
}
