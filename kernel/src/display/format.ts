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

/**
 * A value where only its letters tell what it is: NULL, and in quotes as in SQL the texts that look like it, that look like
 * nothing, or that have such quotes themselves.
 */
export function valueText(value: string | null): string {
  if (value === null) return 'NULL';
  return /^(?:NULL| *|'[^]*')$/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}
