import { DuckDBTypeId, type DuckDBType } from '@duckdb/node-api';
import { quoteAlways, quoteName, quoteText } from '../../sql/quote.js';

const LONGEST = 200;

/** DuckDB's own name of a type; that of a long enumeration is cut. */
export function typeName(type: DuckDBType): string {
  const name = spell(type, quoteName, (leaf) => leaf.toString());
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

/** A type as SQL that needs none of the types that the user made. */
export function plainType(type: DuckDBType): string {
  return spell(type, quoteAlways, plainLeaf, false);
}

function spell(
  type: DuckDBType,
  quote: (name: string) => string,
  leaf: (type: DuckDBType) => string,
  aliases = true,
): string {
  const inner = (each: DuckDBType): string => spell(each, quote, leaf, aliases);
  const members = (names: readonly string[], types: readonly DuckDBType[]): string =>
    types.map((each, index) => `${quote(names[index] ?? '')} ${inner(each)}`).join(', ');
  if (aliases && type.alias !== undefined) return type.alias;
  if ('keyType' in type) return `MAP(${inner(type.keyType)}, ${inner(type.valueType)})`;
  if ('valueType' in type) return `${inner(type.valueType)}[${'length' in type ? type.length : ''}]`;
  if ('entryTypes' in type) return `STRUCT(${members(type.entryNames, type.entryTypes)})`;
  if ('memberTypes' in type) return `UNION(${members(type.memberTags, type.memberTypes)})`;
  return leaf(type);
}

function plainLeaf(type: DuckDBType): string {
  if (type.alias === undefined) return type.toString();
  if ('values' in type) return `ENUM(${type.values.map(quoteText).join(', ')})`;
  if ('scale' in type) return `DECIMAL(${type.width}, ${type.scale})`;
  return SPELLED[type.typeId] ?? DuckDBTypeId[type.typeId];
}

const SPELLED: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP WITH TIME ZONE',
  [DuckDBTypeId.TIME_TZ]: 'TIME WITH TIME ZONE',
};
