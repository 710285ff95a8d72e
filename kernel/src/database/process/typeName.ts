import type { DuckDBType } from '@duckdb/node-api';
import { quoteName } from '../sql/quote.js';

const LONGEST = 200;

/** DuckDB's own name of a type; that of a long enumeration is cut. */
export function typeName(type: DuckDBType): string {
  const name = fullName(type);
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

function fullName(type: DuckDBType): string {
  if (type.alias !== undefined) return type.alias;
  if ('keyType' in type) return `MAP(${fullName(type.keyType)}, ${fullName(type.valueType)})`;
  if ('valueType' in type) return `${fullName(type.valueType)}[${'length' in type ? type.length : ''}]`;
  if ('entryTypes' in type) return `STRUCT(${members(type.entryNames, type.entryTypes)})`;
  if ('memberTypes' in type) return `UNION(${members(type.memberTags, type.memberTypes)})`;
  return type.toString();
}

function members(names: readonly string[], types: readonly DuckDBType[]): string {
  return types.map((type, index) => `${quoteName(names[index] ?? '')} ${fullName(type)}`).join(', ');
}
