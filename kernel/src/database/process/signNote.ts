import { quoteName } from '../sql/quote.js';
import { isNumberIn } from './notations.js';

const SIGN = '(?:[%$€£¥]|EUR|USD|GBP|CHF|JPY)';
/** A number with the sign of a currency or of percent, before or behind it. */
const SIGNED = new RegExp(
  `^([-+]?)\\s*(?:${SIGN}\\s*([-+]?\\d[\\d.,'’\\s]*)|([-+]?\\d[\\d.,'’\\s]*?)\\s*${SIGN})$`,
);

/** What to do where the texts of a column are all numbers with signs; null where they are not. */
export function signNote(column: string, texts: readonly string[]): string | null {
  const numbers = texts.flatMap((text) => {
    const [, sign = '', before, behind] = SIGNED.exec(text.trim()) ?? [];
    const number = before ?? behind;
    return number === undefined ? [] : [sign + number];
  });
  if (numbers.length < texts.length) return null;
  const decimal = numbers.every((number) => isNumberIn('point', number)) ? '.' : ',';
  if (decimal === ',' && !numbers.every((number) => isNumberIn('comma', number))) return null;
  const name = quoteName(column);
  const digits = `regexp_replace(${name}, '[^0-9${decimal}-]', '', 'g')`;
  const plain = decimal === '.' ? digits : `replace(${digits}, ',', '.')`;
  return `${column} stays text, for what stands beside its numbers, as in "${texts[0] ?? ''}": ${plain}::DOUBLE reads them.`;
}
