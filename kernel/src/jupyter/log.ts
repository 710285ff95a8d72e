/** Says something to whoever reads the kernel's standard error: a Jupyter server's log, or a terminal. */
export function log(text: string): void {
  process.stderr.write(`[worldline] ${text}\n`);
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}
