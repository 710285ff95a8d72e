/** A JSON string as far as it has come; an escape that is not whole yet is left out. */
const ANSWER = /"answer"\s*:\s*"((?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*)/;
/** Line breaks in a string are no JSON, and some models write them all the same. */
const RAW: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The answer in the arguments of `finish` while they stream; empty before it begins. */
export function partialAnswer(json: string): string {
  const written = ANSWER.exec(json)?.[1] ?? '';
  // The first half of a character of two halves waits for the other.
  const whole = written.replace(/[\n\r\t]/g, (sign) => RAW[sign] ?? '').replace(/\\u[dD][89abAB]..$/, '');
  try {
    return JSON.parse(`"${whole}"`) as string;
  } catch {
    return '';
  }
}

/** Gathers the arguments of `finish` from the pieces of a turn's calls. */
export class AnswerStream {
  readonly #arguments = new Map<number, string>();
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** The answer so far, where this piece adds to it. */
  add({
    place,
    name,
    piece,
  }: {
    readonly place: number;
    readonly name: string;
    readonly piece: string;
  }): string | null {
    if (name !== 'finish') return null;
    const json = (this.#arguments.get(place) ?? '') + piece;
    this.#arguments.set(place, json);
    const text = partialAnswer(json);
    if (text.length <= this.#text.length) return null;
    this.#text = text;
    return text;
  }
}
