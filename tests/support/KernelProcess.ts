import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How much of the kernel's standard error is kept for failure messages, in characters. */
const KEPT = 8000;

export interface KernelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A kernel as a child process. */
export class KernelProcess {
  readonly exited: Promise<KernelExit>;
  readonly #child: ChildProcess;
  #stderr = '';
  #exit: KernelExit | null = null;

  constructor(argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
    this.#child = spawn(process.execPath, argv, { env, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    this.exited = once(this.#child, 'close').then(([code, signal]) => {
      this.#exit = { code: code as number | null, signal: signal as NodeJS.Signals | null };
      return this.#exit;
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The kernel process did not start.');
    return this.#child.pid;
  }

  /** The end of what it wrote to standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  /** How it ended; null while it runs. */
  get exit(): KernelExit | null {
    return this.#exit;
  }

  /** From now on nobody reads what it writes to standard error. */
  deafen(): void {
    this.#child.stderr?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}
