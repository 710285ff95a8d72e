import type { HistoryEntry, HistoryRequest } from '../jupyter/engine.js';

interface Typed {
  readonly line: number;
  readonly input: string;
}

/**
 * What was typed in this kernel, for the front end's history requests. Session 0 is the present one. Outputs are not kept
 * here, as IPython keeps none unless it is told to: checkpoints have them.
 */
export class History {
  readonly #entries: Typed[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ line, input });
  }

  find(request: HistoryRequest): HistoryEntry[] {
    const found = this.#select(request);
    return found.map(({ line, input }) => [0, line, request.output ? [input, null] : input]);
  }

  #select(request: HistoryRequest): readonly Typed[] {
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
