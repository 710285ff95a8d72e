import type { FirstPage, StatementResult } from '../../database/types.js';
import { duration } from '../../display/format.js';
import { firstPageDisplay, tableDisplay } from '../../display/table.js';
import type { Display } from '../../mime.js';
import { ProgressBar, type Audience } from '../ProgressBar.js';
import type { RecordingRun } from '../checkpoint/RecordingRun.js';

/**
 * Shows what the statements of a cell give, in order: a bar while one takes long, its first page as soon as it is there,
 * then its result in the same place. A result waits for the next one, so that the last is known for the cell's own.
 */
export class StatementOutputs {
  readonly #bar: ProgressBar;
  #waiting: StatementResult | null = null;
  #page: FirstPage | null = null;

  constructor(
    private readonly run: RecordingRun,
    audience: Audience,
  ) {
    this.#bar = new ProgressBar(run, audience, () => {
      this.#showWaiting(false);
    });
  }

  progress(fraction: number): void {
    this.#bar.report(fraction);
  }

  page(page: FirstPage): void {
    this.#page = page;
    this.#bar.page(firstPageDisplay(page, 'counting the others …'));
  }

  result(result: StatementResult): void {
    this.#page = null;
    if (this.#bar.replace(() => displayOf(result))) {
      this.#note(result);
      return;
    }
    this.#showWaiting(false);
    this.#waiting = result;
  }

  /** All statements have ended; the last result is the cell's own where `asResult`. */
  end(asResult: boolean): void {
    this.#showWaiting(asResult);
    const page = this.#page;
    this.#bar.stop(page === null ? undefined : firstPageDisplay(page, 'the others were not counted'));
  }

  #showWaiting(asResult: boolean): void {
    const result = this.#waiting;
    this.#waiting = null;
    if (result === null) return;
    if (result.kind !== 'rows') this.run.stream('stdout', `${textOf(result)}\n`);
    else if (asResult) this.run.result(displayOf(result));
    else this.run.display(displayOf(result));
    this.#note(result);
  }

  #note(result: StatementResult): void {
    if (result.kind !== 'plan' && result.note !== undefined) this.run.stream('stdout', `${result.note}\n`);
  }
}

function displayOf(result: StatementResult): Display {
  if (result.kind !== 'rows') return { data: { 'text/plain': textOf(result) } };
  return tableDisplay({ result: result.id, ...result.page }, result.milliseconds);
}

function textOf(result: Exclude<StatementResult, { kind: 'rows' }>): string {
  return result.kind === 'plan'
    ? result.text.trimEnd()
    : `${result.message} (${duration(result.milliseconds)})`;
}
