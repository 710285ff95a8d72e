import { figuresOf, valuesOf, type WrittenNumber } from './figures.js';
import type { Evidence, ToolCall, Turn } from './types.js';

/** A figure of an answer and where it comes from. */
export interface Figure {
  /** As it stands in the answer. */
  readonly text: string;
  /** Where it stands in the answer. */
  readonly start: number;
  readonly end: number;
  /** The handle of the step that gave it, or whose code states it; null where none does. */
  readonly step: string | null;
  /**
   * `request`: the user's own words or the context have it; `code`: a threshold or the like that a step was run with;
   * `none`: it has no source, and is to be marked.
   */
  readonly source: 'result' | 'request' | 'code' | 'none';
}
/** What became of the figures of an answer. */
export interface Grounding {
  readonly figures: readonly Figure[];
  /** Figures that have no source. */
  readonly unmatched: number;
  /** Steps that the answer rests on. */
  readonly evidence: readonly string[];
  /** Handles that the answer names but that are no steps. */
  readonly unknown: readonly string[];
  /** Set where the answer's queries read no table, and their numbers come from nowhere: made up. */
  readonly madeUp: boolean;
}

/** Constants that a calculation may use without a source: units, percentages, halves. */
const CONSTANTS = new Set([0, 1, 2, 3, 4, 7, 10, 12, 24, 30, 52, 60, 100, 365, 1000, 1e6, 1e9]);

/**
 * Matches every figure of an answer against the results of its evidence, without asking a model. `results` has the
 * steps of the conversation by handle, `said` what the user and the context said. What the evidence does not have may be
 * in `others`, such as the results of the run that were not named.
 */
export function groundAnswer(
  answer: string,
  evidence: readonly string[],
  results: ReadonlyMap<string, Evidence>,
  said: readonly string[],
  others: readonly string[] = [],
): Grounding {
  const named = [...new Set(evidence)];
  const known = named.filter((handle) => results.has(handle));
  const request = said.flatMap(valuesOf);
  const steps = sourcesOf(known, results, request);
  const all = [...steps, ...sourcesOf(others, results, request)];
  const figures = figuresOf(answer).flatMap((number) => {
    const figure = sourceOf(number, all, request);
    // A year that no result has is a date of the text, not a finding.
    return figure.source === 'none' && number.year ? [] : [figure];
  });
  const literal = known.filter((handle) => results.get(handle)?.literal === true);
  return {
    figures,
    unmatched: figures.filter(({ source }) => source === 'none').length,
    evidence: known,
    unknown: named.filter((handle) => !results.has(handle)),
    madeUp: literal.length > 0 && steps.length === 0,
  };
}

interface Source {
  readonly handle: string;
  readonly values: readonly number[];
  /** Numbers in what was run. */
  readonly code: readonly number[];
}

/** Steps that figures may come from: a query over literals only counts where its literals have a source themselves. */
function sourcesOf(
  handles: readonly string[],
  results: ReadonlyMap<string, Evidence>,
  request: readonly number[],
): Source[] {
  const sources: Source[] = [];
  const literal: (readonly [string, Evidence])[] = [];
  for (const handle of handles) {
    const evidence = results.get(handle);
    if (evidence === undefined) continue;
    if (evidence.literal) literal.push([handle, evidence]);
    else sources.push({ handle, values: valuesOf(evidence.text), code: valuesOf(evidence.code ?? '') });
  }
  const real = [...sources.flatMap(({ values }) => values), ...request];
  for (const [handle, { text, code }] of literal) {
    const inputs = figuresOf(code ?? '').filter(
      ({ readings }) => !readings.some(({ value }) => CONSTANTS.has(value)),
    );
    const derived =
      inputs.length > 0 && inputs.every((number) => real.some((value) => matches(number, value)));
    if (derived) sources.push({ handle, values: valuesOf(text), code: [] });
  }
  return sources;
}

function sourceOf(number: WrittenNumber, steps: readonly Source[], request: readonly number[]): Figure {
  const { text, start, end } = number;
  const has = (values: readonly number[]) => values.some((value) => matches(number, value));
  const result = steps.find(({ values }) => has(values));
  if (result !== undefined) return { text, start, end, step: result.handle, source: 'result' };
  if (has(request)) return { text, start, end, step: null, source: 'request' };
  const chosen = steps.find(({ code }) => has(code));
  return { text, start, end, step: chosen?.handle ?? null, source: chosen === undefined ? 'none' : 'code' };
}

/** The sign is left to the words: "fell by 5" states −5. A share may be written as a percentage. */
function matches({ readings, percent }: WrittenNumber, value: number): boolean {
  const exact = Math.abs(value);
  return readings.some(({ value: written, tolerance }) => {
    const near = (candidate: number) =>
      Math.abs(candidate - written) <= tolerance * (1 + 1e-9) + written * 1e-12;
    return near(exact) || (percent && near(exact * 100));
  });
}

/** The results of earlier turns by handle, so that an answer may rest on them too. */
export function earlierEvidence(turns: readonly Turn[]): Map<string, Evidence> {
  const found = new Map<string, Evidence>();
  const calls = turns.flatMap((turn) => (turn.role === 'assistant' ? turn.calls : []));
  for (const turn of turns) {
    if (turn.role !== 'tool' || turn.error) continue;
    const handle = /^\[(r\d+)\] /.exec(turn.text)?.[1];
    if (handle === undefined) continue;
    const text = turn.text.slice(handle.length + 3);
    const code = codeOf(calls.find(({ id }) => id === turn.call));
    found.set(handle, { text, tables: null, literal: false, code });
  }
  return found;
}

/** What a call ran; empty for one that runs no code. */
function codeOf(call: ToolCall | undefined): string {
  if (call?.name !== 'run_sql' && call?.name !== 'run_python') return '';
  const { sql, code } = JSON.parse(call.arguments) as { sql?: unknown; code?: unknown };
  return [sql, code].filter((text) => typeof text === 'string').join('\n');
}

/** The answer with each figure as `write` gives it back. */
export function annotate(
  answer: string,
  figures: readonly Figure[],
  write: (figure: Figure) => string,
): string {
  let text = '';
  let at = 0;
  for (const figure of figures) {
    text += answer.slice(at, figure.start) + write(figure);
    at = figure.end;
  }
  return text + answer.slice(at);
}
