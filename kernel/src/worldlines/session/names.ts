import { WorldlineError } from '../errors.js';

const NAME = /^[^\s/\\"'-][^\s/\\"']{0,63}$/u;
/** What can be told by eye, and asked for aloud. */
const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;
/** Control and format characters, but for the joiners that some scripts and emoji are written with. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

/** A name as it is kept and looked up: the same, however the letters with their accents were typed. */
export function asName(text: string): string {
  return text.normalize('NFC');
}

/** What names have in common that differ in case only: people take them for one, and so do many file systems. */
export function folded(name: string): string {
  return asName(name).toLowerCase();
}

/** A name as it is kept. Throws where it could not be typed in a magic, or another worldline is called like that: `taken`. */
export function checkedName(text: string, taken: (name: string) => string | undefined): string {
  const name = asName(text);
  const seen = name.replace(UNSEEN, '');
  if (seen !== name || !NAME.test(name) || !SAYS_SOMETHING.test(name)) {
    const like = nameLike(name);
    throw new WorldlineError(
      `"${seen.slice(0, 80)}" cannot be a worldline's name: use 1 to 64 characters that can be seen, a letter or a number among them, without spaces, quotes or slashes` +
        `${like === '' ? '' : `, such as ${like}`}.`,
    );
  }
  const other = taken(name);
  if (other === undefined) return name;
  const differs = other === name ? '' : `, and "${name}" differs from it only in case`;
  throw new WorldlineError(
    `There is a worldline "${other}" already${differs}. Choose another name, or %switch ${other}.`,
  );
}

/** A name like a text, such as a file's name; empty where nothing of it can be in a name. */
export function nameLike(text: string): string {
  const like = asName(text)
    .replace(UNSEEN, '')
    .trim()
    .replace(/[\s/\\"']+/g, '-')
    .replace(/^[-.]+|-+$/g, '');
  return SAYS_SOMETHING.test(like) ? Array.from(like).slice(0, 32).join('') : '';
}

/** The name itself, or with the first number that makes it free. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}~${number}`;
  return free;
}
