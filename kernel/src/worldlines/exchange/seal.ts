import { createHash } from 'node:crypto';

/** A comment of HTML and Markdown, or of PDF after its end. */
const SEAL = /\n(?:<!-- worldline ([0-9a-f]{64}) -->|%worldline ([0-9a-f]{64}))\n$/;
const LONGEST = 100;

/** A report with a last line that nobody sees, and that holds only as long as nobody changes what is before it. */
export function sealed(report: Buffer, ending: string): Buffer {
  const hash = hashOf(report);
  return Buffer.concat([
    report,
    Buffer.from(ending === '.pdf' ? `\n%worldline ${hash}\n` : `\n<!-- worldline ${hash} -->\n`),
  ]);
}

/** Whether a file is a report as it was written: such a one can be written again without a loss. */
export function isSealed(file: Buffer): boolean {
  const found = SEAL.exec(file.subarray(-LONGEST).toString('latin1'));
  if (found === null) return false;
  return hashOf(file.subarray(0, file.length - found[0].length)) === (found[1] ?? found[2]);
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
