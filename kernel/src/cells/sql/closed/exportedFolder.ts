import { basename, dirname, join } from 'node:path';

/** What is in the folder of an exported database beside its tables' rows: the SQL that makes them. */
export const SCRIPT = 'schema.sql';
export const ROWS = '.parquet';

/** Where the rows of a table are: those of a schema other than the main one in a folder of its name. */
export function fileOf(names: readonly string[]): string {
  const [table = '', schema] = [...names].reverse().map((name) => encodeURIComponent(name));
  // A schema may be called `..`.
  return join(schema?.replaceAll('.', '%2E') ?? '', `${table}${ROWS}`);
}

/** Whether a column of this type goes as JSON: as text, a value of a union does not say which of its members it is. */
export function isTagged(type: string): boolean {
  return type.includes('UNION(');
}

/** The schema, where it is not the main one, and the name of the table whose rows are in a file of the folder. */
export function namesOf(file: string): readonly string[] {
  const schema = dirname(file);
  return [...(schema === '.' ? [] : [decoded(schema)]), decoded(basename(file, ROWS))];
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // somebody else called it so
  }
}
