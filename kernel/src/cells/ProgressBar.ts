import { randomUUID } from 'node:crypto';
import { escapeHtml } from '../display/html.js';
import type { Run } from '../jupyter/engine.js';
import type { Display } from '../mime.js';

const WIDTH = 30;

/** A bar that appears with the first report, moves with each, and is gone when the work is done. */
export class ProgressBar {
  readonly #id = randomUUID();
  #shown = false;

  constructor(
    private readonly run: Run,
    private readonly label = '',
  ) {}

  /** `fraction` is from 0 to 1. */
  report(fraction: number): void {
    const display = bar(Math.max(0, Math.min(1, fraction)), this.label);
    if (this.#shown) this.run.update(display, this.#id);
    else this.run.display(display, this.#id);
    this.#shown = true;
  }

  /** Takes the bar away; the result takes its place. */
  done(): void {
    if (this.#shown) this.run.update({ data: { 'text/plain': '', 'text/html': '' } }, this.#id);
  }
}

function bar(fraction: number, label: string): Display {
  const filled = Math.round(fraction * WIDTH);
  const percent = `${Math.round(fraction * 100)} %`;
  const prefix = label === '' ? '' : `${label} `;
  return {
    data: {
      'text/plain': `${prefix}${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent}`,
      'text/html': `${escapeHtml(prefix)}<progress value="${fraction.toFixed(3)}" max="1"></progress> ${percent}`,
    },
  };
}
