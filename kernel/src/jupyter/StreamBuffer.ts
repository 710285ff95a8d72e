export type StreamName = 'stdout' | 'stderr';

/** Milliseconds between two flushes while text keeps coming. */
const INTERVAL = 40;
/** Milliseconds that the first text waits, so that a line printed in parts stays one message. */
const FIRST = 5;
/** Pieces of one flush that keep the order between the streams; beyond it, order holds within each stream. */
const ORDERED_PIECES = 8;
/** UTF-16 units in one message, at most. */
const LONGEST = 1_000_000;

interface Piece {
  readonly name: StreamName;
  readonly texts: string[];
}

/**
 * Gathers printed text into few messages: the first leaves after 5 ms, later ones at most every 40 ms, and at once when
 * a lot has gathered.
 */
export class StreamBuffer {
  readonly #publish: (name: StreamName, text: string) => void;
  #pieces: Piece[] = [];
  #length = 0;
  #flushedAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(publish: (name: StreamName, text: string) => void) {
    this.#publish = publish;
  }

  write(name: StreamName, text: string): void {
    if (text === '') return;
    this.#pieceFor(name).texts.push(text);
    this.#length += text.length;
    if (this.#length >= LONGEST) this.flush();
    else this.#timer ??= setTimeout(this.#onTimer, this.#delay());
  }

  /** Sends all that has gathered. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#length = 0;
    this.#flushedAt = performance.now();
    for (const { name, texts } of pieces) {
      for (const text of slices(texts.length === 1 ? (texts[0] ?? '') : texts.join('')))
        this.#publish(name, text);
    }
  }

  #delay(): number {
    return Math.max(FIRST, this.#flushedAt + INTERVAL - performance.now());
  }

  readonly #onTimer = (): void => {
    this.#timer = null;
    this.flush();
  };

  #pieceFor(name: StreamName): Piece {
    const last = this.#pieces.at(-1);
    if (last?.name === name) return last;
    const earlier =
      this.#pieces.length < ORDERED_PIECES
        ? undefined
        : this.#pieces.findLast((piece) => piece.name === name);
    if (earlier !== undefined) return earlier;
    const piece = { name, texts: [] };
    this.#pieces.push(piece);
    return piece;
  }
}

/** Cuts text into parts of at most LONGEST units, never within a surrogate pair. */
function* slices(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + LONGEST, text.length);
    const unit = text.charCodeAt(end - 1);
    if (end < text.length && unit >= 0xd800 && unit <= 0xdbff) end -= 1;
    yield text.slice(start, end);
    start = end;
  }
}
