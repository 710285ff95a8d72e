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

/** An error of a port as a result, with the advice that there is. */
export function portError(error: unknown, ...advice: readonly string[]): ToolResult {
  const message = messageOf(error);
  const text = [message, ...advice, forModel(message)].filter((part) => part !== '').join('\n');
  return toolError(text, firstLine(message));
}

/** What to do instead of a magic that the message advises: those are for a person. */
function forModel(message: string): string {
  if (!/(?:^|\s)%[a-z]+\b/m.test(message)) return '';
  const spreadsheet = /spreadsheet/.test(message)
    ? ' In run_python, pd.read_excel(…, sheet_name=None, header=None) reads it, and SQL finds a DataFrame by its name.'
    : '';
  return `Magics such as %load are the user's to type, and cannot be called.${spreadsheet}`;
}
