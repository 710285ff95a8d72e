import { datesIn, type WrittenDate } from './dates.js';

/** A number as it is written, and the values that it may stand for. */
export interface WrittenNumber {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly readings: readonly Reading[];
  /** Written as a percentage. */
  readonly percent: boolean;
  /** A whole number between 1900 and 2100 with nothing that makes it a quantity: most likely a year. */
  readonly year: boolean;
}
/** One way to read a number: its value, and how far from it the exact one may lie. */
export interface Reading {
  readonly value: number;
  readonly tolerance: number;
}

const NUMBER = /\d(?:[\d.,'’ \u00a0\u202f\u2009]*\d)?(?:[eE][+-]?\d+)?/g;
/** Parts of an answer that are not its own words: code and links. */
const QUOTED = [/```[\s\S]*?(?:```|$)/g, /`[^`\n]*`/g, /\]\([^)\s]*\)/g, /https?:\/\/\S+/g];
/** Parts that hold no figures: handles, numbering, ordinals, names of places in a text, levels of confidence. */
const ASIDES = [
  /\[?\br\d+\b\]?/g,
  /^[ \t]*(?:>[ \t]*)*\d+[.)](?=\s)/gm,
  /\b\d+(?:(?:st|nd|rd|th|er|ème|e)\b|\.\s(?=Quartal|Halbjahr))/gi,
  /\b(?:top|first|last|next|step|figure|fig\.?|table|chart|section|option|part|no\.|nr\.|rank|place|page|row|column|line|decile|quintile|quartile|percentile)[ -]#?\d+\b/gi,
  /#\d+\b/g,
  /\b(?:80|90|95|98|99(?:[.,]\d+)?)[ \u00a0\u202f]?%?[ -](?:confidence|confiance|konfidenz|credible|prediction|bootstrap|interval|limit|[ck]i\b)/gi,
  /\b(?:confidence|confiance|konfidenz)[a-zé]*(?: level)?(?: of| von| de)? \d{2}(?:[.,]\d+)?[ \u00a0\u202f]?%/gi,
];
const SCALES: readonly (readonly [RegExp, number])[] = [
  [/^\s?(?:(?:k|thousand|tausend|tsd|mille)(?!\p{L})|t(?:€|eur\b))/iu, 1e3],
  [/^\s?(?:m|mn|mio|million(?:en|s)?)\b\.?/i, 1e6],
  [/^\s?(?:b|bn|mrd|billion(?:s)?|milliarden?)\b\.?/i, 1e9],
  [/^\s?(?:t|tn|trillion(?:s)?)\b/i, 1e12],
];
const ABOUT =
  /(?:about|around|roughly|approximately|approx\.|nearly|almost|over|under|some|circa|ca\.|more than|less than|at least|up to|~|≈|etwa|rund|fast|knapp|über|environ)\s*[$€£]?$/i;

/** The figures of an answer, dates, ordinals, code and numbering left out. */
export function figuresOf(answer: string): WrittenNumber[] {
  return numbersIn(blank(datesIn(ownWords(answer)).rest, ASIDES), answer);
}

/** The dates of an answer. */
export function datesOf(answer: string): readonly WrittenDate[] {
  return datesIn(ownWords(answer)).dates;
}

function ownWords(answer: string): string {
  return blank(answer, QUOTED);
}

/** All values that a result or code holds. The year of a date counts, its month and day don't. */
export function valuesOf(text: string): number[] {
  const plain = text
    .replace(/(?<=\d)_(?=\d)/g, '')
    .replace(/\b(\d{4})-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\b/g, ' $1 ');
  return numbersIn(plain, plain).flatMap(({ readings }) => readings.map(({ value }) => value));
}

/** Replaces what matches by blanks of the same length, so that places stay. */
function blank(text: string, patterns: readonly RegExp[]): string {
  return patterns.reduce((left, pattern) => left.replace(pattern, (part) => ' '.repeat(part.length)), text);
}

function numbersIn(text: string, original: string): WrittenNumber[] {
  const found: WrittenNumber[] = [];
  for (const match of text.matchAll(NUMBER)) {
    let at = match.index;
    for (const part of splitRuns(match[0])) {
      const start = text.indexOf(part, at);
      at = start + part.length;
      const number = numberAt(text, original, part, start);
      if (number !== null) found.push(number);
    }
  }
  return found;
}

/** Spaces join groups of three digits only; a comma before a space ends a number. */
function splitRuns(text: string): string[] {
  const parts = text.split(/[,.'’]?[ \u00a0\u202f\u2009]+/);
  if (parts.length === 1) return [text.replace(/[.,'’]+$/, '')];
  const grouped = /^\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?$/.test(text);
  return grouped ? [text] : parts.filter((part) => part !== '');
}

function numberAt(text: string, original: string, part: string, start: number): WrittenNumber | null {
  const end = start + part.length;
  const before = text[start - 1] ?? ' ';
  const after = text.slice(end, end + 16);
  // Part of a name: COVID-19, Q3, col_2, 3D.
  if (/[\p{L}_]/u.test(before) || (/[-/]/.test(before) && /\p{L}/u.test(text[start - 2] ?? ' '))) return null;
  const scale = SCALES.find(([pattern]) => pattern.test(after))?.[1] ?? 1;
  if (scale === 1 && /^(?:[A-Za-z_]{3,}|_|D\b)/.test(after)) return null;
  const percent = /^\s?(?:%|percent\b|per cent\b|Prozent\b|pp\b|percentage)/i.test(after);
  const about = ABOUT.test(original.slice(Math.max(0, start - 24), start));
  // What reads as a scale may be the unit of the results: k€, a column in millions, 12 m, 30 t.
  const readings = [...new Set([scale, 1])].flatMap((factor) =>
    readingsOf(part, about).map(({ value, tolerance }) => ({
      value: value * factor,
      tolerance: tolerance * factor,
    })),
  );
  // 1.5.6 is a version, or an address.
  if (readings.length === 0) return null;
  const plainYear = /^(?:19|20)\d\d$/.test(part);
  const money =
    /[$€£¥]\s?$/.test(text.slice(Math.max(0, start - 2), start)) || /^\s?(?:[$€£¥]|USD|EUR)/.test(after);
  return { text: part, start, end, readings, percent, year: plainYear && !percent && !money && scale === 1 };
}

function readingsOf(text: string, about: boolean): Reading[] {
  const compact = text.replace(/[ \u00a0\u202f\u2009'’]/g, '');
  const plain = new Set<string>();
  if (/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(compact)) plain.add(compact);
  // 1,234.5
  if (/^\d{1,3}(?:,\d{2,3})*(?:\.\d+)?$/.test(compact)) plain.add(compact.replaceAll(',', ''));
  // 1.234,5
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(compact))
    plain.add(compact.replaceAll('.', '').replace(',', '.'));
  // 12,5
  if (/^\d+,\d+$/.test(compact)) plain.add(compact.replace(',', '.'));
  return [...plain].map((digits) => ({ value: Number(digits), tolerance: toleranceOf(digits, about) }));
}

/** Half of the last digit written; of the last digit that is no zero where the number is said to be rounded. */
function toleranceOf(digits: string, about: boolean): number {
  const mantissa = digits.replace(/[eE].*$/, '');
  const exponent = Number(/[eE](.*)$/.exec(digits)?.[1] ?? 0);
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  const zeros = decimals === 0 ? (/0+$/.exec(mantissa)?.[0].length ?? 0) : 0;
  const significant = mantissa.replace(/\D/g, '').replace(/^0+/, '').length - zeros;
  const rounded = zeros >= 2 && (about || significant >= 2);
  const last = rounded || (about && zeros > 0) ? zeros : -decimals;
  const slack = about && !rounded && zeros === 0 ? 1 : 0.5;
  return slack * 10 ** (last + exponent);
}
