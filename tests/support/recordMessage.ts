import { appendFileSync } from 'node:fs';
import type { Message } from './messages.js';

/** Characters of a text that are kept: rules are about its kind, not about its length. */
const KEPT = 200;
const shortened = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > KEPT ? value.slice(0, KEPT) : value;

/** Adds a message of the kernel to the file that WORLDLINE_MESSAGES names, as `tests/trust/messages.py` reads it. */
export function recordMessage({ type, header, parent, metadata, content }: Message): void {
  const file = process.env['WORLDLINE_MESSAGES'];
  if (file === undefined) return;
  const message = { msg_id: header.msg_id, msg_type: type, header, parent_header: parent, metadata, content };
  appendFileSync(file, `${JSON.stringify(message, shortened)}\n`);
}
