import type {
  Content,
  FunctionCallingMode,
  FunctionDeclaration,
  GenerateContentRequest,
  Part,
} from '@google/generative-ai';
import { exchanges } from '../conversation/conversation.js';
import type { AssistantTurn, ModelRequest, ToolTurn } from '../types.js';

/** The SDK's enum by its value: importing it would load the SDK. */
const NONE = 'NONE' as unknown as FunctionCallingMode;

/** What goes back word for word: the parts as the model wrote them, and which of its calls had an id of their own. */
export interface RawContent {
  readonly parts: readonly Record<string, unknown>[];
}

export function generateRequest(request: ModelRequest, model: string): GenerateContentRequest {
  const maximum = request.maxOutputTokens;
  const none = request.toolChoice === 'none';
  return {
    systemInstruction: { role: 'system', parts: [{ text: request.system }] },
    contents: contents(request, model),
    generationConfig: {
      ...(maximum === undefined ? {} : { maxOutputTokens: maximum }),
      ...thinking(model),
    },
    ...(request.tools.length === 0
      ? {}
      : {
          tools: [{ functionDeclarations: request.tools.map(declaration) }],
          ...(none ? { toolConfig: { functionCallingConfig: { mode: NONE } } } : {}),
        }),
  };
}

/** Thoughts are only worth asking for where the model has them. */
function thinking(model: string): Record<string, unknown> {
  return /gemini-(2\.5|[3-9])/.test(model) ? { thinkingConfig: { includeThoughts: true } } : {};
}

function declaration({ name, description, parameters }: ModelRequest['tools'][number]): FunctionDeclaration {
  // The SDK's types know fewer schemas than the server does.
  return {
    name,
    description,
    parameters: parameters as unknown as NonNullable<FunctionDeclaration['parameters']>,
  };
}

function contents(request: ModelRequest, model: string): Content[] {
  const list: Content[] = [];
  for (const exchange of exchanges(request.turns)) {
    if ('user' in exchange) {
      list.push({ role: 'user', parts: [{ text: exchange.user }] });
      continue;
    }
    const { assistant, results } = exchange;
    const raw = rawOf(assistant, model);
    list.push({
      role: 'model',
      parts: raw === null ? rebuilt(assistant, model) : ([...raw.parts] as unknown as Part[]),
    });
    if (results.length > 0) list.push({ role: 'user', parts: responses(assistant, results, raw) });
    const images = imageParts(results);
    if (images.length > 0) list.push({ role: 'user', parts: images });
  }
  if (list[0]?.role !== 'user')
    list.unshift({ role: 'user', parts: [{ text: '(the conversation goes on)' }] });
  return list;
}

/** Signatures don't survive a change of model: then the turn is built anew from its text and calls. */
function rawOf(turn: AssistantTurn, model: string): RawContent | null {
  if (turn.raw?.provider !== 'gemini' || turn.raw.model !== model) return null;
  const raw = turn.raw.value as RawContent;
  return raw.parts.length > 0 ? raw : null;
}

/** Google's own stand-in for the signature of a call that another model made. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** Gemini 3 and later refuse the first call of a batch without a signature. */
const signs = (model: string): boolean => /gemini-([3-9]|\d\d)/.test(model);

function rebuilt(turn: AssistantTurn, model: string): Part[] {
  const parts: Record<string, unknown>[] = turn.text === '' ? [] : [{ text: turn.text }];
  turn.calls.forEach((call, at) => {
    parts.push({
      functionCall: { name: call.name, args: objectOf(call.arguments) },
      ...(at === 0 && signs(model) ? { thoughtSignature: NO_SIGNATURE } : {}),
    });
  });
  return parts as unknown as Part[];
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Quoted below.
  }
  return text.trim() === '' ? {} : { unreadable_arguments: text.slice(0, 2000) };
}

function responses(turn: AssistantTurn, results: readonly ToolTurn[], raw: RawContent | null): Part[] {
  const sent = (raw?.parts ?? []).flatMap((part) =>
    part['functionCall'] === undefined ? [] : [part['functionCall'] as Record<string, unknown>],
  );
  return results.map((result, at) => {
    const id = sent[at]?.['id'];
    const response = result.error ? { error: result.text } : { output: result.text };
    const name = turn.calls[at]?.name ?? result.name;
    return { functionResponse: { ...(id === undefined ? {} : { id }), name, response } };
  });
}

function imageParts(results: readonly ToolTurn[]): Part[] {
  const parts: Part[] = [];
  for (const { name, images } of results) {
    if (images.length === 0) continue;
    parts.push({ text: `Images from ${name}:` });
    for (const { mime, base64 } of images) parts.push({ inlineData: { mimeType: mime, data: base64 } });
  }
  return parts;
}
