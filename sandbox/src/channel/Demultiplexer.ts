import { ProtocolError } from '../errors.js';

const HEADER = 8;

/**
 * Takes apart the attached stream of a container without a TTY: each piece has a header of eight bytes with the number
 * of its stream (1 stdout, 2 stderr) and its length. A piece is passed on as it comes, not when it is whole.
 */
export class Demultiplexer {
  readonly #header = Buffer.alloc(HEADER);
  #have = 0;
  #left = 0;
  #stream = 0;

  constructor(private readonly onData: (stream: 1 | 2, data: Buffer) => void) {}

  feed(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        const count = Math.min(HEADER - this.#have, rest.length);
        rest.copy(this.#header, this.#have, 0, count);
        this.#have += count;
        rest = rest.subarray(count);
        if (this.#have < HEADER) return;
        this.#have = 0;
        this.#stream = this.#header.readUInt8(0);
        this.#left = this.#header.readUInt32BE(4);
        if (this.#stream > 2)
          throw new ProtocolError('The engine sent a stream that is none of a container.');
        continue;
      }
      const piece = rest.subarray(0, this.#left);
      rest = rest.subarray(piece.length);
      this.#left -= piece.length;
      this.onData(this.#stream === 2 ? 2 : 1, piece);
    }
  }
}
