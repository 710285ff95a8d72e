import { appendFileSync } from 'node:fs';

/** Adds a line to what `npm run trust` counts; nothing where it does not ask for one. */
export function note(entry: object): void {
  const file = process.env['WORLDLINE_TRIES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** Notes how many messages of each type were held against the rules of the protocol. */
export function noteMessages(messages: ReadonlyMap<string, number>): void {
  note({ messages: Object.fromEntries(messages) });
}
