import { Calendar } from './Calendar.js';
import type { WrittenDate } from './dates.js';
import { datesOf, figuresOf, valuesOf, type WrittenNumber } from './figures.js';
import type { Evidence, ToolCall, Turn } from '../types.js';

/** A figure or a date of an answer, and where it comes from. */
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
 * Matches every figure and every date of an answer against the results of its evidence, without asking a model. `results` has the
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
  const request = contentOf(said.join('\n'));
  const steps = sourcesOf(known, results, request);
  const all = [...steps, ...sourcesOf(others, results, request)];
  const numbers = figuresOf(answer).flatMap((number) => {
    const figure = sourceOf(number, (content) => hasNumber(content, number), all, request);
    // A year that no result has is a date of the text, not a finding.
    return figure.source === 'none' && number.year ? [] : [figure];
  });
  const dates = datesOf(answer).map((date) =>
    sourceOf(date, (content) => hasDate(content, date), all, request),
  );
  const figures = [...numbers, ...dates].sort((one, other) => one.start - other.start);
  const literal = known.filter((handle) => results.get(handle)?.literal === true);
  return {
    figures,
    unmatched: figures.filter(({ source }) => source === 'none').length,
    evidence: known,
    unknown: named.filter((handle) => !results.has(handle)),
    madeUp: literal.length > 0 && steps.length === 0,
  };
}

/** What figures and dates are looked up in. */
interface Content {
  readonly values: readonly number[];
  readonly days: Calendar;
}
interface Source {
  readonly handle: string;
  readonly result: Content;
  /** Thresholds and the like: what was run. */
  readonly code: Content;
}

const contentOf = (text: string): Content => ({ values: valuesOf(text), days: new Calendar(text) });

/** Steps that figures may come from: a query over literals only counts where its literals have a source themselves. */
function sourcesOf(
  handles: readonly string[],
  results: ReadonlyMap<string, Evidence>,
  request: Content,
): Source[] {
  const sources: Source[] = [];
  const literal: (readonly [string, Evidence])[] = [];
  for (const handle of handles) {
    const evidence = results.get(handle);
    if (evidence === undefined) continue;
    if (evidence.literal) literal.push([handle, evidence]);
    else sources.push({ handle, result: contentOf(evidence.text), code: contentOf(evidence.code ?? '') });
  }
  const real = [...sources.map(({ result }) => result), request];
  for (const [handle, { text, code = '' }] of literal) {
    const numbers = figuresOf(code).filter(
      ({ readings }) => !readings.some(({ value }) => CONSTANTS.has(value)),
    );
    const dates = datesOf(code);
    const derived =
      numbers.length + dates.length > 0 &&
      numbers.every((number) => real.some((content) => hasNumber(content, number))) &&
      dates.every((date) => real.some((content) => hasDate(content, date)));
    if (derived) sources.push({ handle, result: contentOf(text), code: contentOf('') });
  }
  return sources;
}

function sourceOf(
  { text, start, end }: Pick<Figure, 'text' | 'start' | 'end'>,
  isIn: (content: Content) => boolean,
  steps: readonly Source[],
  request: Content,
): Figure {
  const place = { text, start, end };
  const found = steps.find(({ result }) => isIn(result));
  if (found !== undefined) return { ...place, step: found.handle, source: 'result' };
  if (isIn(request)) return { ...place, step: null, source: 'request' };
  const chosen = steps.find(({ code }) => isIn(code));
  return { ...place, step: chosen?.handle ?? null, source: chosen === undefined ? 'none' : 'code' };
}

const hasNumber = ({ values }: Content, number: WrittenNumber): boolean =>
  values.some((value) => matches(number, value));

const hasDate = ({ values, days }: Content, date: WrittenDate): boolean =>
  days.has(date) || (date.count !== null && values.includes(date.count));

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
