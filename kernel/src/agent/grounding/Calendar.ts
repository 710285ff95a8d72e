import { datesIn, dayOf, MONTH, monthOf, type Day, type WrittenDate } from './dates.js';
import { valuesOf } from './figures.js';

/** As data writes days without a sign between: 20160314, 2016_03 */
const COMPACT =
  /(?<!\d)(?<year>(?:19|20)\d{2})_?(?<number>0[1-9]|1[0-2])(?:_?(?<last>0[1-9]|[12]\d|3[01]))?(?!\d)/g;
const NAMES = new RegExp(MONTH, 'giu');

/** The days that a result, code or a request speaks of. */
export class Calendar {
  #read: { readonly days: readonly Day[]; readonly lines: readonly ReadonlySet<number>[] } | null = null;

  constructor(private readonly text: string) {}

  /** Does it have every day of one of the date's readings? */
  has({ readings }: WrittenDate): boolean {
    return readings.some((days) => days.every((day) => this.#hasDay(day)));
  }

  #hasDay(day: Day): boolean {
    this.#read ??= { days: daysIn(this.text), lines: this.text.split('\n').map(numbersOf) };
    const { days, lines } = this.#read;
    if (days.some((known) => isSame(known, day))) return true;
    const { year, month, day: number } = day;
    if (year !== null && !lines.some((line) => line.has(year))) return false;
    const near = days.filter((known) => year === null || known.year === null || known.year === year);
    // What has days of its own has to have this one.
    if (near.some((known) => known.day !== null && known.day !== 1)) return false;
    // The parts of a date may stand in columns of their own, its year in another line as in a pivoted table.
    if (lines.some((line) => line.has(month) && (number === null || line.has(number)))) return true;
    if (year === null || number === null) return false;
    // A year or a month that it has may be named by its first and its last day.
    if ((month === 1 && number === 1) || (month === 12 && number === 31)) return true;
    const isEnd = number === 1 || number === new Date(Date.UTC(year, month, 0)).getUTCDate();
    return isEnd && this.#hasDay({ year, month, day: null });
  }
}

function daysIn(text: string): Day[] {
  const written = datesIn(text).dates.flatMap(({ readings }) => readings.flat());
  const compact = [...text.matchAll(COMPACT)].map(({ groups }) =>
    dayOf(groups?.['year'], groups?.['number'], groups?.['last']),
  );
  return [...written, ...compact];
}

/** The numbers of a line, and those of the months that it names. */
function numbersOf(line: string): ReadonlySet<number> {
  const named = [...line.matchAll(NAMES)].map(({ groups }) => Number(monthOf(groups?.['month'])));
  return new Set([...valuesOf(line), ...named]);
}

function isSame(known: Day, { year, month, day }: Day): boolean {
  return (
    known.month === month &&
    (day === null || known.day === day) &&
    (year === null || known.year === null || known.year === year)
  );
}
