import { appendFile, readFile } from 'node:fs/promises';
import type { Usage } from '../../kernel/src/contract.js';

/** What came of one question: a line of results.jsonl. */
export interface Result {
  readonly id: string;
  /** Of what was asked: a question that was changed is asked again. */
  readonly asked: string;
  readonly provider: string;
  readonly model: string;
  readonly state: 'done' | 'partial' | 'error';
  readonly answer: string;
  readonly given: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, string>> | null;
  /** By the name of the value; empty where no label tells what is right. */
  readonly right: Readonly<Record<string, boolean>>;
  /** Figures of the answer that no result has. */
  readonly unchecked: number;
  readonly usage: Usage;
  readonly milliseconds: number;
  readonly steps: readonly { readonly tool: string; readonly state: string; readonly code: string }[];
}

/** The results so far, the last of each question; a line that a kill cut off counts as none. */
export async function readResults(file: string): Promise<Map<string, Result>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const found = new Map<string, Result>();
  for (const line of text.split('\n')) {
    const result = parse(line);
    if (result !== null) found.set(result.id, result);
  }
  return found;
}

function parse(line: string): Result | null {
  try {
    return JSON.parse(line) as Result;
  } catch {
    return null;
  }
}

/** A line of its own, also after one that was cut off. */
export async function addResult(file: string, result: Result): Promise<void> {
  const whole = await readFile(file, 'utf8').then(
    (text) => text === '' || text.endsWith('\n'),
    () => true,
  );
  await appendFile(file, `${whole ? '' : '\n'}${JSON.stringify(result)}\n`);
}
