import { quoteName } from '../../sql/quote.js';
import { isNumberIn } from './notations.js';

const SIGN = '(?:[%$€£¥]|EUR|USD|GBP|CHF|JPY)';
const DIGITS = String.raw`\d[\d.,'’\s]*?`;
/** A number with the sign of a currency or of percent before or behind it, or in parentheses, as accounts have what is negative. */
const SIGNED = new RegExp(
  `^([-+]?)\\s*(?:${SIGN}\\s*([-+]?${DIGITS})|(${DIGITS})\\s*${SIGN}|\\(${SIGN}?\\s*(${DIGITS})\\s*${SIGN}?\\))$`,
);

/** What to do where the texts of a column are all numbers, and signs stand beside some; null where they are not. */
export function signNote(column: string, texts: readonly string[]): string | null {
  const numbers = texts.map((text) => {
    const [whole, sign = '', before, behind, negative] = SIGNED.exec(text.trim()) ?? [];
    return whole === undefined ? text.trim() : sign + (before ?? behind ?? negative ?? '');
  });
  const signed = texts.find((text, at) => numbers[at] !== text.trim());
  if (signed === undefined) return null;
  const decimal = numbers.every((number) => isNumberIn('point', number)) ? '.' : ',';
  if (decimal === ',' && !numbers.every((number) => isNumberIn('comma', number))) return null;
  const name = quoteName(column);
  const negative = texts.some((text) => text.includes('('));
  const plus = negative ? `replace(${name}, '(', '-')` : name;
  const digits = `regexp_replace(${plus}, '[^0-9${decimal}-]', '', 'g')`;
  const plain = decimal === '.' ? digits : `replace(${digits}, ',', '.')`;
  return `${column} stays text, for what stands beside its numbers, as in "${signed}": ${plain}::DOUBLE reads them.`;
}
