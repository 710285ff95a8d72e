import { createInterface } from 'node:readline/promises';

/**
 * Asks a yes-or-no question; Enter means yes. Without a terminal nobody can answer, so that is a no.
 * @param {string} question
 * @param {{ yes: boolean }} options
 */
export async function confirm(question, { yes }) {
  if (yes) return true;
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes|)$/i.test((await lines.question(`? ${question} [Y/n] `)).trim());
  } finally {
    lines.close();
  }
}
