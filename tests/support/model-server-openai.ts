import type { ScriptedTurn } from './model-server-types.js';

type Json = Record<string, unknown>;

const argumentsOf = (value: Json | string): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Splits a text into pieces of about `size` characters, never inside a surrogate pair. */
function pieces(text: string, size: number): string[] {
  const letters = Array.from(text);
  const list: string[] = [];
  for (let at = 0; at < letters.length; at += size) list.push(letters.slice(at, at + size).join(''));
  return list;
}

/** The deltas of a turn as the dialect writes them. */
function deltas(turn: ScriptedTurn, number: number): Json[] {
  const { dialect = 'openai', text, reasoning, refusal, calls = [] } = turn;
  const list: Json[] = [{ role: 'assistant', content: dialect === 'openai' ? null : '' }];
  if (reasoning !== undefined)
    for (const part of pieces(reasoning, 8))
      list.push(
        dialect === 'openrouter'
          ? {
              content: '',
              reasoning: part,
              reasoning_details: [{ type: 'reasoning.text', text: part, format: 'unknown', index: 0 }],
            }
          : { reasoning_content: part },
      );
  if (reasoning !== undefined && dialect === 'openrouter')
    list.push({
      reasoning_details: [
        { type: 'reasoning.encrypted', data: `sealed-${number}`, id: `rs_${number}`, index: 1 },
      ],
    });
  if (text !== undefined) for (const part of pieces(text, 6)) list.push({ content: part });
  if (refusal !== undefined) for (const part of pieces(refusal, 6)) list.push({ refusal: part });
  calls.forEach((call, index) => {
    const id = call.id ?? `call_s${number}_${index}`;
    const whole = argumentsOf(call.arguments);
    switch (dialect) {
      case 'ollama':
        list.push({
          tool_calls: [{ index: 0, id, type: 'function', function: { name: call.name, arguments: whole } }],
        });
        return;
      case 'proxy':
        list.push({ tool_calls: [{ id, type: 'function', function: { name: call.name, arguments: '' } }] });
        for (const part of pieces(whole, 7)) list.push({ tool_calls: [{ function: { arguments: part } }] });
        return;
      case 'vllm': {
        const parts = pieces(whole, 7);
        const last = parts.pop() ?? '';
        list.push({ tool_calls: [{ index, type: 'function', function: { name: call.name } }] });
        for (const part of parts) list.push({ tool_calls: [{ index, function: { arguments: part } }] });
        list.push({
          tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: last } }],
        });
        return;
      }
      case 'openai':
      case 'llamacpp':
      case 'openrouter':
        list.push({
          tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }],
        });
        for (const part of pieces(whole, 7))
          list.push({ tool_calls: [{ index, function: { arguments: part } }] });
    }
  });
  return list;
}

function finishReason(turn: ScriptedTurn): string | null {
  if (turn.finish !== undefined) return turn.finish;
  if (turn.dialect === 'ollama' || turn.dialect === 'proxy') return 'stop';
  return (turn.calls?.length ?? 0) > 0 ? 'tool_calls' : 'stop';
}

function usageOf(turn: ScriptedTurn): Json {
  const { input = 100, output = 20, cached = 0, cost } = turn.usage ?? {};
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: turn.reasoning === undefined ? 0 : 5 },
    ...(cost === undefined ? {} : { cost }),
  };
}

/** The events of a turn, without their SSE framing; `half` is where a fault strikes. */
export function openaiEvents(
  turn: ScriptedTurn,
  number: number,
  model: unknown,
): { events: string[]; half: number } {
  const chunk = (choices: Json[], more: Json = {}): string =>
    JSON.stringify({
      id: `gen-${number}`,
      object: 'chat.completion.chunk',
      created: 1,
      model,
      choices,
      ...more,
    });
  const events = deltas(turn, number).map((delta) => chunk([{ index: 0, delta, finish_reason: null }]));
  const half = Math.ceil(events.length / 2);
  if (turn.fault?.kind === 'midstream') {
    const { error, where } = turn.fault;
    const end = { index: 0, delta: { content: '' }, finish_reason: 'error' };
    events.length = half;
    if (where === 'top') events.push(chunk([end], { error }));
    else events.push(chunk([where === 'choice' ? { ...end, error } : end]));
    return { events, half };
  }
  const finish = finishReason(turn);
  const timings = { prompt_n: 100, predicted_n: 20 };
  if (finish !== null)
    events.push(
      chunk([{ index: 0, delta: {}, finish_reason: finish }], turn.dialect === 'llamacpp' ? { timings } : {}),
    );
  if (turn.dialect !== 'llamacpp') events.push(chunk([], { usage: usageOf(turn) }));
  return { events, half };
}

/** The turn as one document. */
export function openaiDocument(turn: ScriptedTurn, number: number, model: unknown): Json {
  const calls = (turn.calls ?? []).map((call, index) => ({
    id: call.id ?? `call_s${number}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsOf(call.arguments) },
  }));
  const message = {
    role: 'assistant',
    content: turn.text ?? null,
    ...(turn.refusal === undefined ? {} : { refusal: turn.refusal }),
    ...(turn.reasoning === undefined ? {} : { reasoning_content: turn.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    id: `gen-${number}`,
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: finishReason(turn) }],
    usage: usageOf(turn),
  };
}
