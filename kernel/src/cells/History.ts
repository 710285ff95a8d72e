import type { HistoryEntry, HistoryRequest } from '../jupyter/engine.js';

/** What was typed in this kernel, for the front end's history requests. Session 0 is the present one. */
export class History {
  readonly #entries: { line: number; input: string; output: string | null }[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: null });
  }

  /** Keeps the text form of a cell's result. */
  setOutput(line: number, output: string): void {
    const entry = this.#entries.findLast((candidate) => candidate.line === line);
    if (entry) entry.output = output;
  }

  find(request: HistoryRequest): HistoryEntry[] {
    const found = this.#select(request);
    return found.map(({ line, input, output }) => [0, line, request.output ? [input, output] : input]);
  }

  #select(request: HistoryRequest): { line: number; input: string; output: string | null }[] {
    switch (request.access) {
      case 'tail':
        return request.n > 0 ? this.#entries.slice(-request.n) : [];
      case 'range':
        return request.session === 0
          ? this.#entries.filter(({ line }) => line >= request.start && line < request.stop)
          : [];
      case 'search': {
        const pattern = globToRegExp(request.pattern);
        const matching = this.#entries.filter(({ input }) => pattern.test(input));
        const kept = request.unique
          ? matching.filter(
              (entry, i) => matching.findLastIndex((other) => other.input === entry.input) === i,
            )
          : matching;
        return request.n > 0 ? kept.slice(-request.n) : kept;
      }
    }
  }
}

/** `*` and `?` as in a shell; the whole input must match. */
function globToRegExp(glob: string): RegExp {
  const source = Array.from(glob)
    .map((character) =>
      character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's');
}
