import { randomUUID } from 'node:crypto';
import { escapeHtml } from '../display/html.js';
import type { ExecuteRequest } from '../jupyter/engine.js';
import type { Display } from '../mime.js';
import type { RecordingRun } from './checkpoint/RecordingRun.js';

const WIDTH = 30;
const ERASE_LINE = '\r\u001b[K';

/**
 * Who looks at a cell while it runs: a notebook, whose outputs can be replaced; a terminal, which can only rewrite its
 * last line; or nobody, as in a batch run, where only what stays in the end counts.
 */
export type Audience = 'notebook' | 'terminal' | 'none';

export function audienceOf({ cellId, allowStdin }: Pick<ExecuteRequest, 'cellId' | 'allowStdin'>): Audience {
  if (cellId !== undefined) return 'notebook';
  return allowStdin ? 'terminal' : 'none';
}

/** What is shown before a result is there: a bar, or its first page. The result takes its place. */
export class ProgressBar {
  #id: string | null = null;
  #pageStands = false;
  #onLine = false;
  readonly #began = performance.now();

  constructor(
    private readonly run: RecordingRun,
    private readonly audience: Audience,
    /** Called before the first thing is shown. */
    private readonly before: () => void = () => undefined,
  ) {}

  /** `fraction` is from 0 to 1. A first page that stands there already stays. */
  report(fraction: number): void {
    const done = Math.max(0, Math.min(1, fraction));
    if (this.audience === 'terminal') {
      if (!this.#onLine) this.before();
      this.#onLine = true;
      this.run.aside(`${ERASE_LINE}${barText(done, this.#seconds)}`);
    } else if (!this.#pageStands) this.#show(bar(done, this.#seconds));
  }

  /** The first rows of a result that is still being counted. */
  page(display: Display): void {
    this.#show(display);
    this.#pageStands = true;
  }

  /** Puts the result where the bar or the first page stands. False where nothing does: it is shown as ever. */
  replace(display: () => Display): boolean {
    this.#eraseLine();
    if (this.#id === null) return false;
    this.run.update(display(), this.#id);
    this.#id = null;
    this.#pageStands = false;
    return true;
  }

  /** Nothing more comes: what stands there is taken away, or replaced by `last`. */
  stop(last: Display = { data: { 'text/plain': '', 'text/html': '' } }): void {
    this.replace(() => last);
  }

  #show(display: Display): void {
    if (this.audience !== 'notebook') return;
    if (this.#id === null) {
      this.before();
      this.#id = randomUUID();
      this.run.display(display, this.#id);
    } else this.run.update(display, this.#id);
  }

  get #seconds(): number {
    return Math.round((performance.now() - this.#began) / 1000);
  }

  #eraseLine(): void {
    if (this.#onLine) this.run.aside(ERASE_LINE);
    this.#onLine = false;
  }
}

function bar(fraction: number, seconds: number): Display {
  const value = fraction === 0 ? '' : ` value="${fraction.toFixed(3)}" max="1"`;
  return {
    data: {
      'text/plain': barText(fraction, seconds),
      'text/html': `<progress${value}></progress> ${escapeHtml(howFar(fraction, seconds))}`,
    },
  };
}

function barText(fraction: number, seconds: number): string {
  const filled = Math.round(fraction * WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${howFar(fraction, seconds)}`;
}

/** DuckDB cannot tell of every query how far it is, and says nothing done then: the time shows that it goes on. */
function howFar(fraction: number, seconds: number): string {
  return fraction === 0 ? `${seconds} s` : `${Math.round(fraction * 100)} %`;
}
