import type { ToolCall } from '../types.js';

/** A fragment of a call, as OpenAI-style servers stream it; every field may be missing. */
export interface CallFragment {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly type?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
  readonly [field: string]: unknown;
}

interface OpenCall {
  index: number | null;
  id: string | null;
  name: string;
  arguments: string;
  extra: Record<string, unknown>;
  functionExtra: Record<string, unknown>;
}

/** A call with the fields that a server sent beside the known ones. */
export interface JoinedCall extends ToolCall {
  readonly extra: Record<string, unknown>;
  readonly functionExtra: Record<string, unknown>;
}

/**
 * Joins fragments into calls. They go by index; another id on a used index, or an id or name without an index, opens a
 * new call; any other fragment belongs to the last. A repeated id and name is the same call.
 */
export class CallJoiner {
  readonly #calls: OpenCall[] = [];

  /** Gives the place of the call that the fragment belongs to, its name so far, and the piece of its arguments. */
  add(fragment: CallFragment): { readonly place: number; readonly name: string; readonly piece: string } {
    const index = typeof fragment.index === 'number' ? fragment.index : null;
    const id = filled(fragment.id);
    const name = filled(fragment.function?.name);
    const text = argumentsText(fragment.function?.arguments);
    const call = this.#find(index, id, name, text) ?? this.#open(index);
    call.id ??= id;
    if (call.name === '') call.name = name ?? '';
    call.arguments += text;
    keep(call.extra, fragment, ['index', 'id', 'type', 'function']);
    keep(call.functionExtra, fragment.function ?? {}, ['name', 'arguments']);
    return { place: this.#calls.indexOf(call), name: call.name, piece: text };
  }

  /** The calls in the order in which they were opened; `taken` holds ids that a made-up one must not repeat. */
  finish(taken: ReadonlySet<string> = new Set()): JoinedCall[] {
    const sent = new Set(this.#calls.map((call) => call.id));
    const used = new Set<string>();
    let made = 0;
    const make = (): string => {
      let id: string;
      do id = `call_${++made}`;
      while (taken.has(id) || sent.has(id) || used.has(id));
      return id;
    };
    return this.#calls.map(({ id, name, arguments: text, extra, functionExtra }) => {
      const own = id === null || used.has(id) ? make() : id;
      used.add(own);
      return { id: own, name, arguments: text, extra, functionExtra };
    });
  }

  #find(index: number | null, id: string | null, name: string | null, text: string): OpenCall | undefined {
    if (index !== null) {
      const call = this.#calls.findLast((open) => open.index === index);
      if (call === undefined) return undefined;
      if (id !== null)
        return call.id === null || call.id === id
          ? call
          : this.#calls.find((open) => open.index === index && open.id === id);
      return begins(call, name, text) ? undefined : call;
    }
    if (id !== null) return this.#calls.find((open) => open.id === id);
    const last = this.#calls.at(-1);
    return last === undefined || begins(last, name, text) ? undefined : last;
  }

  #open(index: number | null): OpenCall {
    const call: OpenCall = { index, id: null, name: '', arguments: '', extra: {}, functionExtra: {} };
    this.#calls.push(call);
    return call;
  }
}

/** Without an id: does this fragment begin another call than `call`? A repeated name alone does not. */
function begins(call: OpenCall, name: string | null, text: string): boolean {
  if (name === null || call.name === '') return false;
  return name !== call.name || (isJson(call.arguments) && isJson(text));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const filled = (text: unknown): string | null => (typeof text === 'string' && text !== '' ? text : null);

/** Some servers send arguments as an object, whole. */
function argumentsText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function keep(into: Record<string, unknown>, from: object, known: readonly string[]): void {
  for (const [field, value] of Object.entries(from)) if (!known.includes(field)) into[field] = value;
}
