import {
  type Cassette,
  cellHash,
  readCassette,
  type RecordedCell,
  recordedResult,
  type RecordedTurn,
} from './cassette.js';
import { callIds } from '../conversation/conversation.js';
import { abortedError, ProviderError } from '../providers/errors.js';
import type { CellPlace } from './record.js';
import type { ModelEvent, ModelRequest, Provider, ToolTurn } from '../types.js';

/** Plays recorded turns: needs no network and no key. Tools run for real; where their results differ, it says so. */
export class ReplayProvider implements Provider {
  readonly name: string;
  readonly model: string;
  readonly replayed = true;
  readonly images = false;
  readonly #cell: RecordedCell;
  readonly #strict: boolean;
  #played = 0;
  /** Ids of the present run by recorded id: an id may be taken already in this conversation. */
  readonly #ids = new Map<string, string>();

  constructor(cell: RecordedCell, strict: boolean) {
    this.name = cell.provider;
    this.model = cell.model;
    this.#cell = cell;
    this.#strict = strict;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    if (signal.aborted) throw abortedError();
    const notes = this.#drift(request);
    if (this.#strict && notes.length > 0)
      throw new ProviderError('drift', `The replay is strict, and it drifted. ${notes.join(' ')}`);
    const turn = this.#cell.turns[this.#played];
    if (turn === undefined)
      throw new ProviderError(
        'not-recorded',
        `Turn ${this.#played + 1} of this cell was never recorded (there are ${this.#cell.turns.length}). Record it with WORLDLINE_TURNS=record and a model.`,
      );
    this.#played += 1;
    if (turn.text !== '') yield { type: 'text', text: turn.text };
    yield this.#turn(turn, callIds(request.turns), notes);
  }

  #turn(turn: RecordedTurn, taken: Set<string>, notes: string[]): ModelEvent {
    const calls = turn.calls.map(({ id: recorded, name, arguments: value }) => {
      let id = recorded;
      for (let number = 2; taken.has(id); number += 1) id = `${recorded}_${number}`;
      taken.add(id);
      this.#ids.set(recorded, id);
      return { id, name, arguments: typeof value === 'string' ? value : JSON.stringify(value) };
    });
    const { text, usage, stop } = turn;
    return { type: 'turn', turn: { role: 'assistant', text, calls }, usage, stop, notes };
  }

  /** Where the results of the last turn's calls are not the recorded ones. */
  #drift({ turns }: ModelRequest): string[] {
    const last = this.#cell.turns[this.#played - 1];
    const results = new Map(
      turns.filter((turn): turn is ToolTurn => turn.role === 'tool').map((turn) => [turn.call, turn]),
    );
    return (last?.calls ?? []).flatMap(({ id, name, result: before }) => {
      const now = results.get(this.#ids.get(id) ?? id);
      if (before === undefined || now === undefined) return [];
      const present = recordedResult(now);
      if (present.digest === before.digest) return [];
      const handle = /^\[(r\d+)\]/.exec(now.text)?.[1] ?? name;
      return [
        `${handle} (${name}) now differs from the recording. Recorded: ${short(before.begins)} Now: ${short(present.begins)}`,
      ];
    });
  }
}

const short = (text: string): string => `“${text.replace(/\s+/g, ' ').slice(0, 100)}”`;

/** The recording of a cell; null where there is none. Throws a ProviderError where the file cannot be read. */
export async function replayOf(path: string, cell: CellPlace, strict: boolean): Promise<Provider | null> {
  return replayIn(await readCassette(path), cell, strict);
}

/** The same, where there has to be one. Throws ProviderError of kind `not-recorded` where there is none. */
export async function openReplay(path: string, cell: CellPlace, strict: boolean): Promise<Provider> {
  const cassette = await readCassette(path);
  const found = replayIn(cassette, cell, strict);
  if (found !== null) return found;
  throw new ProviderError(
    'not-recorded',
    cassette === null
      ? `There are no recorded turns at ${path}. Record them with WORLDLINE_TURNS=record, or set WORLDLINE_CASSETTE.`
      : `This cell has no recorded turns in ${path}: its text is not among them. Record it with WORLDLINE_TURNS=record and a model, or run it live with WORLDLINE_TURNS=live.`,
  );
}

function replayIn(
  cassette: Cassette | null,
  { source, position }: CellPlace,
  strict: boolean,
): Provider | null {
  const hash = cellHash(source);
  const same = cassette?.cells.filter(({ cell }) => cell === hash) ?? [];
  const distance = (one: RecordedCell) => Math.abs(one.position - position);
  // Cells put in or left out before this one move its place: the nearest recording of the same text is meant.
  const cell = [...same].sort((a, b) => distance(a) - distance(b))[0];
  return cell === undefined ? null : new ReplayProvider(cell, strict);
}
