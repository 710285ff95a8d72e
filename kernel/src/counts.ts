const NUMBERS = new Intl.NumberFormat('en-US');
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1234567` as `1,234,567`. */
export function count(n: number): string {
  return Number.isInteger(n) && Math.abs(n) < 1000 ? String(n) : NUMBERS.format(n);
}

/** `3 rows`, `1 row`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Bytes in decimal units with at most one decimal, such as `1.5 MB`. */
export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit] ?? ''}`;
}
