import { WorldlineError } from '../errors.js';
import type { Line } from '../graph/Graph.js';

const NAME = /^[^\s/\\"'-][^\s/\\"']{0,63}$/u;

/** Throws where a name could not be typed in a magic, or is taken. */
export function checkName(name: string, lines: readonly Line[]): void {
  if (!NAME.test(name)) {
    const likeIt = Array.from(
      name
        .trim()
        .replace(/[\s/\\"']+/g, '-')
        .replace(/^[-.]+|-+$/g, ''),
    )
      .slice(0, 32)
      .join('');
    throw new WorldlineError(
      `"${name.slice(0, 80)}" cannot be a worldline's name: use 1 to 64 characters without spaces, quotes or slashes` +
        `${likeIt === '' ? '' : `, such as ${likeIt}`}.`,
    );
  }
  if (taken(name, lines)) {
    throw new WorldlineError(
      `There is a worldline "${name}" already. Choose another name, or %switch ${name}.`,
    );
  }
}

/** The name itself, or with the first number that makes it free. */
export function freeName(name: string, lines: readonly Line[]): string {
  let free = name;
  for (let number = 2; taken(free, lines); number++) free = `${name}~${number}`;
  return free;
}

function taken(name: string, lines: readonly Line[]): boolean {
  return lines.some((line) => line.name === name && !line.deleted);
}
