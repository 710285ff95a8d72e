import { appendFileSync } from 'node:fs';
import type { Message } from './messages.js';
import { recorded } from './recorded.mjs';

/** Adds a message of the kernel to the file that WORLDLINE_MESSAGES names, as `tests/trust/messages.py` reads it. */
export function recordMessage(message: Message): void {
  const file = process.env['WORLDLINE_MESSAGES'];
  if (file !== undefined) appendFileSync(file, recorded(message));
}
