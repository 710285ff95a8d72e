import type { ObjectStore, Tally } from '../objects/ObjectStore.js';
import type { Stored } from './records.js';

/** A checkpoint's record stays small, so that a session of thousands is read quickly. */
const INLINE = 1024;

/** The value for the record itself; null where it is too large for that. */
export function inline<T>(value: T): { readonly value: T } | null {
  return JSON.stringify(value).length <= INLINE ? { value } : null;
}

export async function store<T>(value: T, objects: ObjectStore, tally: Tally): Promise<Stored<T>> {
  return inline(value) ?? { object: await objects.put(Buffer.from(JSON.stringify(value)), tally) };
}

export async function unstore<T>(stored: Stored<T>, objects: ObjectStore): Promise<T> {
  if ('value' in stored) return stored.value;
  return JSON.parse((await objects.read(stored.object)).toString('utf8')) as T;
}
