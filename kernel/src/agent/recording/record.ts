import { cellHash, recordedResult, writeCell, type RecordedCall, type RecordedTurn } from './cassette.js';
import type { AssistantTurn, ModelEvent, ModelRequest, Provider, ToolTurn } from '../types.js';

/** Which cell a recording is of. */
export interface CellPlace {
  readonly source: string;
  /** Its place among the ask cells of the session: it tells cells with the same source apart. */
  readonly position: number;
}

/** Passes on what a provider says, and writes its turns to a cassette. */
export class RecordingProvider implements Provider {
  readonly replayed = false;
  readonly #live: Provider;
  readonly #path: string;
  readonly #place: CellPlace;
  readonly #secrets: readonly string[];
  readonly #turns: RecordedTurn[] = [];

  constructor(live: Provider, path: string, place: CellPlace, secrets: readonly string[]) {
    this.#live = live;
    this.#path = path;
    this.#place = place;
    this.#secrets = secrets.filter((secret) => secret.length >= 8);
  }

  get name(): string {
    return this.#live.name;
  }
  get model(): string {
    return this.#live.model;
  }
  get images(): boolean {
    return this.#live.images;
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    this.#addResults(request);
    for await (const event of this.#live.stream(request, signal)) {
      if (event.type === 'turn') {
        const { turn, usage, stop } = event;
        this.#turns.push({ text: turn.text, calls: turn.calls.map(recordedCall), stop, usage });
        await this.#write();
      }
      yield event;
    }
  }

  /** The results of the last turn's calls are known once the model is asked again. */
  #addResults({ turns }: ModelRequest): void {
    const last = this.#turns.at(-1);
    if (last === undefined || last.calls.length === 0) return;
    const results = new Map(
      turns
        .filter((turn): turn is ToolTurn => turn.role === 'tool')
        .map((turn) => [turn.call, recordedResult(turn)]),
    );
    const calls = last.calls.map((call) => {
      const result = results.get(call.id);
      return result === undefined ? call : { ...call, result };
    });
    this.#turns[this.#turns.length - 1] = { ...last, calls };
  }

  async #write(): Promise<void> {
    const { source, position } = this.#place;
    const title = source.trim().split('\n', 1)[0]?.slice(0, 120) ?? '';
    const cell = {
      cell: cellHash(source),
      position,
      title,
      provider: this.name,
      model: this.model,
      turns: this.#turns,
    };
    let text = JSON.stringify(cell);
    for (const secret of this.#secrets) text = text.split(secret).join('…');
    await writeCell(this.#path, JSON.parse(text) as typeof cell);
  }
}

function recordedCall({ id, name, arguments: text }: AssistantTurn['calls'][number]): RecordedCall {
  try {
    const value: unknown = JSON.parse(text);
    return { id, name, arguments: typeof value === 'string' ? text : value };
  } catch {
    return { id, name, arguments: text };
  }
}
