/** Says something to whoever reads the kernel's standard error: a Jupyter server's log, or a terminal. */
export function log(text: string): void {
  process.stderr.write(`[worldline] ${text}\n`);
}
