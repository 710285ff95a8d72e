interface ReasoningDelta {
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning_details?: unknown;
}
type Detail = Record<string, unknown>;

/** Fields that grow from chunk to chunk; every other field is said once. */
const GROWING = ['text', 'summary', 'data'];

/**
 * Gathers what a model thought. `reasoning`, `reasoning_content` and `reasoning_details` go back on the assistant
 * message as they came, put together where they were streamed in pieces.
 */
export class ReasoningJoiner {
  #reasoning: string | null = null;
  #content: string | null = null;
  readonly #details: Detail[] = [];

  /** Takes a piece in, and gives the text that it adds. */
  add(delta: ReasoningDelta): string {
    const { reasoning, reasoning_content: content, reasoning_details: details } = delta;
    let shown = '';
    if (typeof reasoning === 'string') {
      this.#reasoning = (this.#reasoning ?? '') + reasoning;
      shown = reasoning;
    }
    if (typeof content === 'string') {
      this.#content = (this.#content ?? '') + content;
      shown ||= content;
    }
    if (Array.isArray(details)) {
      const texts = details.map((detail: unknown) => this.#detail(detail as Detail));
      shown ||= texts.join('');
    }
    return shown;
  }

  /** The fields of the assistant message. */
  fields(): Record<string, unknown> {
    return {
      ...(this.#reasoning === null ? {} : { reasoning: this.#reasoning }),
      ...(this.#content === null ? {} : { reasoning_content: this.#content }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
    };
  }

  #detail(detail: Detail): string {
    const last = this.#details.at(-1);
    const text = detail['text'] ?? detail['summary'];
    const shown = typeof text === 'string' ? text : '';
    if (last === undefined || !continues(last, detail)) {
      this.#details.push({ ...detail });
      return shown;
    }
    for (const [field, value] of Object.entries(detail)) {
      const before = last[field];
      if (GROWING.includes(field) && typeof before === 'string' && typeof value === 'string')
        last[field] = before + value;
      else if (value !== null && value !== undefined) last[field] = value;
    }
    return shown;
  }
}

/** Pieces of one detail have the same type and index, and no other id. */
function continues(last: Detail, next: Detail): boolean {
  if (last['type'] !== next['type'] || last['index'] !== next['index']) return false;
  if (next['index'] === undefined && next['type'] === 'reasoning.encrypted') return false;
  const a = last['id'] ?? null;
  const b = next['id'] ?? null;
  return a === null || b === null || a === b;
}
