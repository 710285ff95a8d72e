import type { ObjectStore, Tally } from '../objects/ObjectStore.js';
import { bootId } from '../store/liveness.js';
import type { StateRecord, Stored } from './records.js';

/** A checkpoint's record stays small, so that a session of thousands is read quickly. */
const INLINE = 1024;

/** The value for the record itself; null where it is too large for that. */
export function inline<T>(value: T): { readonly value: T } | null {
  return JSON.stringify(value).length <= INLINE ? { value } : null;
}

/** Whether what a record refers to can be relied on: a power cut takes what was not on the disk yet. */
export function holds({ boot }: StateRecord): boolean {
  return boot === undefined || boot === bootId();
}

export async function store<T>(value: T, objects: ObjectStore, tally: Tally): Promise<Stored<T>> {
  return inline(value) ?? { object: await objects.put(Buffer.from(JSON.stringify(value)), tally) };
}

export async function unstore<T>(stored: Stored<T>, objects: ObjectStore): Promise<T> {
  if ('value' in stored) return stored.value;
  return JSON.parse((await objects.read(stored.object)).toString('utf8')) as T;
}
