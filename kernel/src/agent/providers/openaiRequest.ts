import { exchanges } from '../conversation/conversation.js';
import type { AssistantTurn, Image, ModelRequest, ToolTurn } from '../types.js';

/** What a server wants otherwise than the default; found out from its own errors. */
export interface Adjustments {
  reasoningEffort?: string;
  noStreamOptions?: boolean;
  noToolChoice?: boolean;
  /** The name of the field that bounds the output, or none at all. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens' | null;
}

export interface RequestOptions {
  readonly provider: string;
  readonly model: string;
  readonly images: boolean;
  /** Asks OpenRouter for the cost. */
  readonly usageCost: boolean;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
}

export type Message = Record<string, unknown> & { readonly role: string };

/** Fields of an assistant message that go back word for word. */
export interface RawMessage {
  readonly message: Record<string, unknown>;
  readonly calls: readonly {
    readonly extra: Record<string, unknown>;
    readonly functionExtra: Record<string, unknown>;
  }[];
}

export function requestBody(
  request: ModelRequest,
  options: RequestOptions,
  adjustments: Adjustments,
): Record<string, unknown> {
  const body: Record<string, unknown> = {
    model: options.model,
    messages: messages(request, options),
    stream: true,
  };
  if (adjustments.noStreamOptions !== true) body['stream_options'] = { include_usage: true };
  if (request.tools.length > 0) {
    body['tools'] = request.tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    }));
    if (request.toolChoice === 'none' && adjustments.noToolChoice !== true) body['tool_choice'] = 'none';
  }
  if (options.usageCost) body['usage'] = { include: true };
  const field =
    adjustments.maxTokensField === undefined ? options.maxTokensField : adjustments.maxTokensField;
  if (request.maxOutputTokens !== undefined && field !== null) body[field] = request.maxOutputTokens;
  if (adjustments.reasoningEffort !== undefined) body['reasoning_effort'] = adjustments.reasoningEffort;
  return body;
}

function messages(request: ModelRequest, options: RequestOptions): Message[] {
  const list: Message[] = [{ role: 'system', content: request.system }];
  for (const exchange of exchanges(request.turns)) {
    if ('user' in exchange) {
      list.push({ role: 'user', content: exchange.user });
      continue;
    }
    list.push(assistantMessage(exchange.assistant, options));
    for (const { call, text } of exchange.results)
      list.push({ role: 'tool', tool_call_id: call, content: text });
    const images = options.images ? imageParts(exchange.results) : [];
    if (images.length > 0) list.push({ role: 'user', content: images });
  }
  return list;
}

function assistantMessage(turn: AssistantTurn, options: RequestOptions): Message {
  const own = turn.raw?.provider === options.provider && turn.raw.model === options.model;
  const raw = own ? (turn.raw.value as RawMessage) : null;
  const message: Message = {
    ...raw?.message,
    role: 'assistant',
    content: turn.text === '' ? null : turn.text,
  };
  if (turn.calls.length > 0)
    message['tool_calls'] = turn.calls.map((call, at) => ({
      ...raw?.calls[at]?.extra,
      id: call.id,
      type: 'function',
      function: { ...raw?.calls[at]?.functionExtra, name: call.name, arguments: sendable(call.arguments) },
    }));
  return message;
}

/** Several servers parse the arguments of earlier calls and fail on what is no JSON object: it goes back quoted. */
function sendable(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // Quoted below.
  }
  return text.trim() === '' ? '{}' : JSON.stringify({ unreadable_arguments: text.slice(0, 2000) });
}

function imageParts(results: readonly ToolTurn[]): Record<string, unknown>[] {
  const parts: Record<string, unknown>[] = [];
  for (const { name, call, images } of results) {
    if (images.length === 0) continue;
    parts.push({ type: 'text', text: `Images from ${name} (${call}):` });
    for (const image of images) parts.push({ type: 'image_url', image_url: { url: dataUrl(image) } });
  }
  return parts;
}

const dataUrl = ({ mime, base64 }: Image): string => `data:${mime};base64,${base64}`;

/** What a server's complaint asks to be done otherwise; null where it is about something else, or was done already. */
export function adjustmentFor(complaint: string, made: Adjustments): Adjustments | null {
  const says = (pattern: RegExp) => pattern.test(complaint);
  if (made.reasoningEffort === undefined && says(/reasoning_effort/i) && says(/none/i))
    return { ...made, reasoningEffort: 'none' };
  if (made.noStreamOptions !== true && says(/stream_options|include_usage/i))
    return { ...made, noStreamOptions: true };
  if (made.noToolChoice !== true && says(/tool_choice/i)) return { ...made, noToolChoice: true };
  if (made.maxTokensField === undefined && says(/max_tokens|max_completion_tokens/i)) {
    const wanted = says(/use '?max_completion_tokens/i) ? 'max_completion_tokens' : null;
    return { ...made, maxTokensField: says(/too large|at most|maximum/i) ? null : wanted };
  }
  return null;
}
