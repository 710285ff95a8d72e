import { isDeepStrictEqual } from 'node:util';

type Json = Record<string, unknown>;

interface Message extends Json {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly arguments: string } }[];
}

const empty = (content: unknown): boolean =>
  content === null ||
  content === undefined ||
  content === '' ||
  (Array.isArray(content) && content.length === 0);

/**
 * What OpenAI would refuse, and a little more: requests of ours are to be cleaner than they must. `reasoningSent` has
 * the reasoning details that this server gave, by model and first call.
 */
export function openaiViolations(body: Json, reasoningSent: ReadonlyMap<string, unknown>): string[] {
  const found: string[] = [];
  const messages = (body['messages'] ?? []) as readonly Message[];
  if (body['stream'] !== true) found.push('stream is not true');
  if (messages[0]?.role !== 'system') found.push('the first message is not the system prompt');
  let open = new Set<string>();
  messages.forEach((message, at) => {
    const where = `message ${at} (${message.role})`;
    if (message.role === 'tool') {
      const id = message.tool_call_id ?? '';
      if (!open.delete(id)) found.push(`${where} answers no open call: ${id}`);
      if (empty(message.content)) found.push(`${where} is empty`);
      return;
    }
    if (open.size > 0) found.push(`${where} comes before the calls ${[...open].join(', ')} are answered`);
    open = new Set();
    if (message.role === 'user' && empty(message.content)) found.push(`${where} is empty`);
    if (message.role !== 'assistant') return;
    const calls = message.tool_calls ?? [];
    if (calls.length === 0 && empty(message.content)) found.push(`${where} is empty`);
    for (const call of calls) {
      if (open.has(call.id)) found.push(`${where} uses the call id ${call.id} twice`);
      open.add(call.id);
      if (!isObject(call.function.arguments)) found.push(`${where} has arguments that are no JSON object`);
    }
    const first = calls[0]?.id;
    const sent = first === undefined ? undefined : reasoningSent.get(`${String(body['model'])} ${first}`);
    if (sent !== undefined && !isDeepStrictEqual(message['reasoning_details'], sent))
      found.push(`${where} does not bring reasoning_details back unchanged`);
  });
  if (open.size > 0) found.push(`the calls ${[...open].join(', ')} are never answered`);
  return found;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

interface Content {
  readonly role?: string;
  readonly parts?: readonly Json[];
}

/** What Gemini would refuse. `sent` are the parts of the turns that this server gave, for the same model. */
export function geminiViolations(body: Json, sent: readonly (readonly Json[])[]): string[] {
  const found: string[] = [];
  const contents = (body['contents'] ?? []) as readonly Content[];
  if (contents[0]?.role !== 'user') found.push('the first content is not of the user');
  contents.forEach((content, at) => {
    const where = `content ${at} (${content.role ?? 'no role'})`;
    const parts = content.parts ?? [];
    if (parts.length === 0) found.push(`${where} is empty`);
    const calls = parts.flatMap((part) =>
      part['functionCall'] === undefined ? [] : [part['functionCall'] as Json],
    );
    const next = (contents[at + 1]?.parts ?? []).flatMap((part) =>
      part['functionResponse'] === undefined ? [] : [part['functionResponse'] as Json],
    );
    const previous = contents[at - 1]?.parts ?? [];
    if (calls.length > 0) {
      if (next.length !== calls.length)
        found.push(`${where} has ${calls.length} calls, and ${next.length} responses follow`);
      calls.forEach((call, index) => {
        if (next[index]?.['name'] !== call['name'])
          found.push(`${where}: response ${index} is of another function`);
        if (call['id'] !== undefined && next[index]?.['id'] !== call['id'])
          found.push(`${where}: response ${index} has another id`);
      });
    }
    if (parts.some((part) => part['functionResponse'] !== undefined)) {
      if (!previous.some((part) => part['functionCall'] !== undefined))
        found.push(`${where} answers no call`);
      if (!parts.every((part) => part['functionResponse'] !== undefined))
        found.push(`${where} mixes responses with other parts`);
    }
    if (content.role !== 'model') return;
    const own = sent.find((turn) => sameCalls(turn, parts));
    if (
      own?.some((part) => part['thoughtSignature'] !== undefined) === true &&
      !isDeepStrictEqual(own, parts)
    )
      found.push(`${where} does not come back word for word (signatures)`);
  });
  return found;
}

function sameCalls(a: readonly Json[], b: readonly Json[]): boolean {
  const calls = (parts: readonly Json[]) =>
    parts.map((part) => part['functionCall']).filter((call) => call !== undefined);
  return calls(a).length > 0 && isDeepStrictEqual(calls(a), calls(b));
}
