import type { ScriptedTurn } from './model-server-types.js';

type Json = Record<string, unknown>;

/** The parts of a turn, grouped by the chunk that carries them. */
function partGroups(turn: ScriptedTurn): Json[][] {
  const { text, reasoning, calls = [], signature } = turn;
  const groups: Json[][] = [];
  if (reasoning !== undefined) groups.push([{ text: reasoning, thought: true }]);
  if (text !== undefined) {
    const middle = Math.ceil(text.length / 2);
    groups.push([{ text: text.slice(0, middle) }], [{ text: text.slice(middle) }]);
  }
  const parts = calls.map((call, index): Json => ({
    functionCall: {
      name: call.name,
      args: typeof call.arguments === 'string' ? (JSON.parse(call.arguments) as unknown) : call.arguments,
      ...(call.id === undefined ? {} : { id: call.id }),
    },
    ...(index === 0 && signature !== undefined ? { thoughtSignature: signature } : {}),
  }));
  if (turn.callsApart === true) groups.push(...parts.map((part) => [part]));
  else if (parts.length > 0) groups.push(parts);
  // A signature without a call comes on an empty text at the end.
  if (parts.length === 0 && signature !== undefined) groups.push([{ text: '', thoughtSignature: signature }]);
  return groups;
}

/** The parts of the whole turn: what has to come back. */
export const geminiParts = (turn: ScriptedTurn): Json[] => partGroups(turn).flat();

function usageOf(turn: ScriptedTurn, share: number): Json {
  const { input = 100, output = 20, cached = 0 } = turn.usage ?? {};
  const thoughts = turn.reasoning === undefined ? 0 : 5;
  const candidates = Math.round((output - thoughts) * share);
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: candidates,
    thoughtsTokenCount: thoughts,
    totalTokenCount: input + candidates + thoughts,
  };
}

const finishOf = (turn: ScriptedTurn): string | null => (turn.finish === undefined ? 'STOP' : turn.finish);

export function geminiEvents(turn: ScriptedTurn): { events: string[]; half: number } {
  const groups = partGroups(turn);
  const half = Math.ceil(groups.length / 2);
  if (turn.fault?.kind === 'midstream') groups.length = half;
  const finish = finishOf(turn);
  const events = groups.map((parts, at) => {
    const last = at === groups.length - 1 && turn.fault?.kind !== 'midstream';
    const candidate = {
      content: { role: 'model', parts },
      index: 0,
      ...(last && finish !== null ? { finishReason: finish } : {}),
    };
    return JSON.stringify({
      candidates: [candidate],
      usageMetadata: usageOf(turn, (at + 1) / groups.length),
      modelVersion: 'scripted',
    });
  });
  if (groups.length === 0 && finish !== null)
    events.push(
      JSON.stringify({ candidates: [{ index: 0, finishReason: finish }], usageMetadata: usageOf(turn, 1) }),
    );
  if (turn.fault?.kind === 'midstream') events.push(JSON.stringify({ error: turn.fault.error }));
  return { events, half };
}

export function geminiDocument(turn: ScriptedTurn): Json {
  return {
    candidates: [
      { content: { role: 'model', parts: geminiParts(turn) }, index: 0, finishReason: finishOf(turn) },
    ],
    usageMetadata: usageOf(turn, 1),
  };
}
