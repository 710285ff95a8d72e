import type { ToolResult } from '../types.js';
import { messageOf } from '../../messageOf.js';

/** A result that tells the model what went wrong and how to go on, and the person what the summary leaves out. */
export function toolError(text: string, summary = firstLine(text)): ToolResult {
  const displays = text === summary ? [] : [{ data: { 'text/plain': text } }];
  return { text, error: true, displays, summary };
}

export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** An error of a port as a result; the words of a database come from outside, so they stand as data. */
export function portError(error: unknown, advice = ''): ToolResult {
  const message = messageOf(error);
  return toolError(advice === '' ? message : `${message}\n${advice}`, firstLine(message));
}
