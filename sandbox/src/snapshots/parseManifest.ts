import type { Buffer, CaptureSource, Extent, Manifest } from './Manifest.js';
import { SnapshotRefusedError } from './SnapshotRefusedError.js';

const PAGE = 4096;
const MAX_ENTRIES = 1_000_000;
const MAX_TEXT = 300;

/** Reads what the sandbox says of its capture, piece by piece into new values. Throws SnapshotRefusedError. */
export function parseManifest(text: string): Manifest<CaptureSource> {
  const { version, sources, stream, items, buffers, lost, digests = [] } = object(parseJson(text));
  check(version === 1, 'it is of another version');
  const manifest: Manifest<CaptureSource> = {
    version: 1,
    sources: list(sources).map(source),
    stream: list(stream).map(extent),
    items: list(items).map(item),
    buffers: list(buffers).map(buffer),
    lost: list(lost).map(lostVariable),
    digests: list(digests).map(digest),
  };
  const streamed = total(manifest.items.map(([, length]) => length));
  check(streamed === total(manifest.stream.map(([, , length]) => length)), 'its stream has another length');
  const extents = [...manifest.stream, ...manifest.buffers.flatMap((each) => each.extents)];
  check(
    extents.every(([index]) => index < manifest.sources.length),
    'it refers to a source that it does not list',
  );
  return manifest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SnapshotRefusedError('its manifest is not JSON', { cause });
  }
}

function source(value: unknown): CaptureSource {
  const { blob, capture, file } = object(value);
  if (blob !== undefined) return { blob: text(blob) };
  return { capture: text(capture), file: count(file) };
}

function extent(value: unknown): Extent {
  const [index, offset, length] = list(value);
  return [index === -1 ? -1 : count(index), count(offset), count(length)];
}

function item(value: unknown): readonly [string, number] {
  const [name, length] = list(value);
  return [text(name), count(length)];
}

function buffer(value: unknown): Buffer {
  const { size, extents } = object(value);
  const parsed = { size: count(size), extents: list(extents).map(extent) };
  let position = 0;
  for (const [, offset, length] of parsed.extents) {
    check(position % PAGE === 0 && offset % PAGE === 0, 'a piece of a buffer is not aligned');
    position += length;
  }
  check(position === parsed.size, 'a buffer has another length than its pieces');
  return parsed;
}

function lostVariable(value: unknown): readonly [string, string] {
  const [name, reason] = list(value);
  return [text(name), printable(reason)];
}

function digest(value: unknown): readonly [string, string] {
  const [name, sum] = list(value);
  check(typeof sum === 'string' && /^[0-9a-f]{16}$/.test(sum), 'a digest is none');
  return [text(name), sum as string];
}

function object(value: unknown): Record<string, unknown> {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), 'a part is no object');
  return value as Record<string, unknown>;
}

function list(value: unknown): readonly unknown[] {
  check(Array.isArray(value) && value.length <= MAX_ENTRIES, 'a part is no list, or too long a one');
  return value as readonly unknown[];
}

function text(value: unknown): string {
  check(typeof value === 'string' && value.length <= MAX_TEXT, 'a part is no text, or too long a one');
  return value as string;
}

function printable(value: unknown): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  return text(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function count(value: unknown): number {
  check(Number.isSafeInteger(value) && (value as number) >= 0, 'a part is no size');
  return value as number;
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new SnapshotRefusedError(problem);
}
