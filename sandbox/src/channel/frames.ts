import { ProtocolError } from '../errors.js';

/** One frame of PROTOCOL.md: a JSON object with a `type`, and bytes. */
export interface Frame {
  readonly header: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

const MAX_HEADER = 1 << 20;
const MAX_PAYLOAD = 64 << 20;
const LENGTHS = 8;

/** Throws a ProtocolError where the header or the payload is larger than a frame may be. */
export function packFrame(header: { readonly type: string }, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(JSON.stringify(header));
  if (head.length > MAX_HEADER || payload.length > MAX_PAYLOAD)
    throw new ProtocolError('This is too large for the sandbox: 64 MB at most.');
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32BE(head.length, 0);
  lengths.writeUInt32BE(payload.length, 4);
  return Buffer.concat([lengths, head, payload]);
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /** Throws a ProtocolError at the first thing that is no frame. */
  *feed(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= LENGTHS) {
      const lengths = this.#peek(LENGTHS);
      const head = lengths.readUInt32BE(0);
      const body = lengths.readUInt32BE(4);
      if (head > MAX_HEADER || body > MAX_PAYLOAD)
        throw new ProtocolError('The runner sent a frame that is too large.');
      const whole = LENGTHS + head + body;
      if (this.#size < whole) return;
      const frame = this.#peek(whole);
      this.#drop(whole);
      yield {
        header: parseHeader(frame.subarray(LENGTHS, LENGTHS + head)),
        payload: frame.subarray(LENGTHS + head, whole),
      };
    }
  }

  /** The first bytes, in one piece; they stay. */
  #peek(count: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    const joined = Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [joined];
    return joined.subarray(0, count);
  }

  #drop(count: number): void {
    this.#size -= count;
    const first = this.#chunks[0];
    if (first === undefined) return;
    if (first.length === count) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
  }
}

function parseHeader(bytes: Buffer): Frame['header'] {
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ProtocolError('The runner sent a header that is not JSON.');
  }
  if (typeof header !== 'object' || header === null || !('type' in header) || typeof header.type !== 'string')
    throw new ProtocolError('The runner sent a header without a type.');
  return header as Frame['header'];
}
