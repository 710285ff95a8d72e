const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

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

/** Milliseconds as `12 ms`, `3.4 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The first line, cut to `length` characters with `…`. */
export function firstLine(text: string, length = 120): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return cut(line, length);
}

/** At most `length` code points, the last of them `…` where something was cut. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = Array.from(text);
  return points.length <= length ? text : `${points.slice(0, length - 1).join('')}…`;
}
