/** A day as far as it is written: of a year or of any, or a whole month. */
export interface Day {
  readonly year: number | null;
  readonly month: number;
  readonly day: number | null;
}
/** A date, or several of one month, as it is written. */
export interface WrittenDate {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What it may stand for: every day of one of these. */
  readonly readings: readonly (readonly Day[])[];
  /** What its day is a count of instead, perhaps: `in November 12 days`; else null. */
  readonly count: number | null;
}

const MONTHS = [
  'january|januar|janvier|jänner|janv|jan',
  'february|februar|février|feber|févr|fév|feb',
  'march|märz|maerz|mars|mär|mrz|mar',
  'april|avril|apr|avr',
  'may|mai',
  'june|juni|juin|jun',
  'july|juli|juillet|juil|jul',
  'august|août|aout|aug',
  'september|septembre|sept|sep',
  'october|oktober|octobre|oct|okt',
  'november|novembre|nov',
  'december|dezember|décembre|dec|dez|déc',
];
/** The name of a month. */
export const MONTH = `(?<![\\p{L}\\d])(?<month>${MONTHS.join('|')})(?![\\p{L}\\d])`;
const TH = '(?:st|nd|rd|th|er)';
const NTH = '(?:st|nd|rd|th|er|\\.)';
const TO = '\\s?(?:[-–—/]|to|bis(?: zum)?|au|und|and|et|&)\\s?';
const YEAR = '(?<year>\\d{4})(?!\\d)';
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?';

type Groups = Readonly<Record<string, string | undefined>>;
type Reader = (groups: Groups) => readonly (readonly Day[])[];

/** How dates are written; what comes first has the words that a later one would take for something else. */
const FORMS: readonly (readonly [RegExp, Reader])[] = [
  // 2016-03-14 10:00, 2016/3/14, 2016-03
  [
    new RegExp(
      `\\b(?<year>\\d{4})([-/])(?<number>\\d{1,2})(?:\\2(?<last>\\d{1,2}))?(?:[T ]${CLOCK}(?:Z|[+-]\\d{2}:?\\d{2})?)?\\b`,
      'g',
    ),
    // A year and the next one, as of a season, look like a year and its month.
    ({ year, number, last }) =>
      last === undefined && Number(number) === (Number(year) + 1) % 100 ? [] : [[dayOf(year, number, last)]],
  ],
  // 14.03.2016, 7.–13.3.2016, 28.2. bis 3.3.2016
  [
    new RegExp(
      `(?<![\\d.])(?:(?<first>\\d{1,2})\\.(?:(?<before>\\d{1,2})\\.)?${TO})?(?<last>\\d{1,2})\\.(?<number>\\d{1,2})\\.(?<year>\\d{4}|\\d{2})(?![\\d.]\\d)\\b`,
      'g',
    ),
    ({ first, before, last = '', number = '', year = '' }) => {
      // 3.12.11 may as well be a version.
      if (year.length === 2 && (last.length < 2 || number.length < 2)) return [];
      const end = dayOf(year, number, last);
      return [first === undefined ? [end] : [dayOf(year, before ?? number, first), end]];
    },
  ],
  // am 14.3.
  [
    /(?<=\b(?:am|vom|zum|bis|den|dem|seit|ab)\s)(?<last>\d{1,2})\.\s?(?<number>\d{1,2})\.(?!\d)/gi,
    ({ last, number }) => [[dayOf(undefined, number, last)]],
  ],
  // 14/3/2016 or 3/14/2016
  [
    /\b(?<one>\d{1,2})\/(?<other>\d{1,2})\/(?<year>\d{4}|\d{2})\b/g,
    ({ one, other, year }) => [[dayOf(year, other, one)], [dayOf(year, one, other)]],
  ],
  // 03/2016
  [/\b(?<number>0?[1-9]|1[0-2])\/(?<year>(?:19|20)\d{2})\b/g, ({ number, year }) => [[dayOf(year, number)]]],
  // 14. März 2016, 14 March, 3., 4. und 9. Mai, 14th of March
  [
    new RegExp(
      `(?<![\\d.,])(?<days>(?:\\d{1,2}(?:${NTH}?${TO}|${NTH},\\s?))*)(?<last>\\d{1,2})${NTH}?(?:\\s+(?:of\\s+)?|-)${MONTH}(?:(?:\\.?,?\\s+|-)${YEAR})?`,
      'giu',
    ),
    ({ days = '', last = '', month, year }) => [
      [...(days.match(/\d+/g) ?? []), last].map((day) => dayOf(year, monthOf(month), day)),
    ],
  ],
  // March 14th, 2016, May 5-22
  [
    new RegExp(
      `${MONTH}\\.?\\s+(?<first>\\d{1,2})${TH}?(?:${TO}(?<last>\\d{1,2})${TH}?)?(?![\\d:]|[.,]\\d)(?:,?\\s+${YEAR})?`,
      'giu',
    ),
    ({ first, last, month, year }) => [
      [first, last].flatMap((day) => (day === undefined ? [] : [dayOf(year, monthOf(month), day)])),
    ],
  ],
  // März 2016
  [
    new RegExp(`${MONTH}\\.?\\s+(?:of\\s+)?${YEAR}`, 'giu'),
    ({ month, year }) => [[dayOf(year, monthOf(month))]],
  ],
];
/** A time of the day is no figure either. */
const TIMES = /\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\b/gi;

/** The dates of a text, and the text with blanks in the place of dates and times. */
export function datesIn(text: string): { readonly dates: readonly WrittenDate[]; readonly rest: string } {
  const dates: WrittenDate[] = [];
  let rest = text;
  for (const [form, read] of FORMS) {
    rest = rest.replace(form, (written: string, ...more: unknown[]) => {
      const groups = more.at(-1) as Groups;
      // The verb: 5 may follow.
      if (groups['month'] === 'may') return written;
      const start = more.at(-3) as number;
      const readings = read(groups).filter((days) => days.every(isDay));
      if (readings.length > 0)
        dates.push({
          text: written,
          start,
          end: start + written.length,
          readings,
          count: countIn(written, groups),
        });
      return ' '.repeat(written.length);
    });
  }
  return { dates, rest: rest.replace(TIMES, (time) => ' '.repeat(time.length)) };
}

function countIn(written: string, { year, month }: Groups): number | null {
  const bare = /^(?:(\d{1,2})\s\D+|\D+\s(\d{1,2}))$/.exec(written);
  return bare === null || year !== undefined || month === undefined ? null : Number(bare[1] ?? bare[2]);
}

/** The number of a month that is written out. */
export function monthOf(name: string | undefined): string {
  const lower = name?.toLowerCase() ?? '';
  return String(MONTHS.findIndex((names) => names.split('|').includes(lower)) + 1);
}

export function dayOf(year: string | undefined, month: string | undefined, day?: string): Day {
  const written = year === undefined ? null : Number(year);
  return {
    year: written !== null && written < 100 ? 2000 + written : written,
    month: Number(month),
    day: day === undefined ? null : Number(day),
  };
}

function isDay({ month, day }: Day): boolean {
  return month >= 1 && month <= 12 && (day === null || (day >= 1 && day <= 31));
}
