/** The id of the object that lists the pieces of some bytes, or, where they are few, `=` and the bytes in base64. */
export type PiecesRef = string;

/** Bytes that a record can hold: as a file, each takes a block of the disk, and so does the list of its pieces. */
const FEW = 768;

/** The bytes as a reference that holds them; null where they are too many for a record. */
export function inText(bytes: Uint8Array): PiecesRef | null {
  return bytes.length > FEW ? null : `=${Buffer.from(bytes).toString('base64')}`;
}

export function isText(ref: PiecesRef): boolean {
  return ref.startsWith('=');
}

export function fromText(ref: PiecesRef): Buffer {
  return Buffer.from(ref.slice(1), 'base64');
}
