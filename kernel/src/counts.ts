const NUMBERS = new Intl.NumberFormat('en-US');

/** `1234567` as `1,234,567`. */
export function count(n: number): string {
  return Number.isInteger(n) && Math.abs(n) < 1000 ? String(n) : NUMBERS.format(n);
}

/** `3 rows`, `1 row`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
