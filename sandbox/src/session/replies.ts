import type { FrameNames, LostVariable, PythonSession, Variable } from '../types.js';

/** What a worker answers comes from where the user's code runs, and may be anything: each field is checked and bounded. */
type Fields = Readonly<Record<string, unknown>>;

const MOST = 2000;
const LONGEST = 2000;

export function parseMatches(reply: Fields, cursor: number): Awaited<ReturnType<PythonSession['complete']>> {
  const matches = records(reply['matches']).map(({ text, type, signature }) => ({
    text: textOf(text),
    ...(textOf(type) === '' ? {} : { type: textOf(type) }),
    ...(textOf(signature) === '' ? {} : { signature: textOf(signature) }),
  }));
  return { matches, start: placeOf(reply['start'], cursor), end: placeOf(reply['end'], cursor) };
}

export function parseInspection({ data }: Fields): Record<string, unknown> | null {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null;
}

export function parseCompleteness({
  status,
  indent,
}: Fields): Awaited<ReturnType<PythonSession['isComplete']>> {
  if (status !== 'complete' && status !== 'incomplete' && status !== 'invalid')
    return { status: 'unknown', indent: '' };
  return { status, indent: typeof indent === 'string' ? indent : '' };
}

/** Variables as the runner lists them. */
export function parseVariables(value: unknown): Variable[] {
  return records(value).map(({ name, type, shape, bytes, preview }) => ({
    name: textOf(name),
    type: textOf(type),
    shape: typeof shape === 'string' ? textOf(shape) : null,
    bytes: typeof bytes === 'number' ? bytes : null,
    preview: textOf(preview),
  }));
}

export function parseFrames({ frames }: Fields): FrameNames[] {
  return records(frames).map(({ name, columns }) => ({
    name: textOf(name),
    columns: Array.isArray(columns) ? columns.slice(0, MOST).map(textOf) : [],
  }));
}

export function parseLost(value: unknown): LostVariable[] {
  return records(value).map(({ name, reason }) => ({ name: textOf(name), reason: textOf(reason) }));
}

function records(value: unknown): Fields[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MOST)
    .filter((each): each is Fields => typeof each === 'object' && each !== null && !Array.isArray(each));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}

function placeOf(value: unknown, cursor: number): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : cursor;
}
