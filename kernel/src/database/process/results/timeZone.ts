let zone = 'UTC';
let format: Intl.DateTimeFormat | null = null;

/** Sets the zone in which TIMESTAMP WITH TIME ZONE values are written: the database's own TimeZone. */
export function setTimeZone(name: string): void {
  zone = name;
  format = null;
}

/** The zone's offset from UTC at that instant, in whole minutes. */
export function offsetMinutes(micros: bigint): number {
  if (zone === 'UTC') return 0;
  format ??= new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const milliseconds = Number(micros / 1000n);
  if (Math.abs(milliseconds) > 8.64e15) return 0;
  const name = format.formatToParts(milliseconds).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
