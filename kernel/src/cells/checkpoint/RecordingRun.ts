import type { Run } from '../../jupyter/engine.js';
import type { Display } from '../../mime.js';

type Output = Record<string, unknown>;

/** Characters of stream text that a checkpoint keeps for one cell; what is beyond was shown but is not kept. */
const MAX_STREAM = 1_000_000;

/** Passes every output on, and keeps it as nbformat 4 outputs for the cell's checkpoint. */
export class RecordingRun implements Run {
  readonly #outputs: Output[] = [];
  readonly #byDisplayId = new Map<string, Output[]>();
  #streamed = 0;
  #clearNext = false;

  constructor(private readonly inner: Run) {}

  get executionCount(): number {
    return this.inner.executionCount;
  }
  get signal(): AbortSignal {
    return this.inner.signal;
  }
  /** The outputs so far, in order. */
  get outputs(): readonly Output[] {
    return this.#outputs;
  }

  /** The same as the front end has them by now: with the ids of displays, by which later ones take their place. */
  soFar(): Output[] {
    this.inner.flush();
    const outputs = this.#clearNext ? [] : this.#outputs;
    return outputs.map((output) => {
      const id = this.#displayIdOf(output);
      return id === undefined ? { ...output } : { ...output, transient: { display_id: id } };
    });
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    this.inner.stream(name, text);
    if (this.#streamed >= MAX_STREAM) return;
    const kept = text.slice(0, MAX_STREAM - this.#streamed);
    this.#streamed += kept.length;
    this.#applyClear();
    const last = this.#outputs.at(-1);
    if (last?.['output_type'] === 'stream' && last['name'] === name)
      last['text'] = String(last['text']) + kept;
    else this.#outputs.push({ output_type: 'stream', name, text: kept });
  }

  /** Text for who looks on while the cell runs: no checkpoint keeps it. */
  aside(text: string): void {
    this.inner.stream('stdout', text);
  }

  display(display: Display, displayId?: string): void {
    this.inner.display(display, displayId);
    const output = this.#add('display_data', display);
    if (displayId === undefined) return;
    const same = this.#byDisplayId.get(displayId) ?? [];
    this.#byDisplayId.set(displayId, [...same, output]);
  }

  update(display: Display, displayId: string): void {
    this.inner.update(display, displayId);
    for (const output of this.#byDisplayId.get(displayId) ?? []) {
      output['data'] = display.data;
      output['metadata'] = display.metadata ?? {};
    }
  }

  result(display: Display): void {
    this.inner.result(display);
    this.#add('execute_result', display)['execution_count'] = this.executionCount;
  }

  clear(wait: boolean): void {
    this.inner.clear(wait);
    if (wait) this.#clearNext = true;
    else this.#outputs.length = 0;
  }

  flush(): void {
    this.inner.flush();
  }

  /** Adds the error that ends the cell; the wire sends it. */
  recordError(name: string, message: string, traceback: readonly string[]): void {
    this.#outputs.push({ output_type: 'error', ename: name, evalue: message, traceback });
  }

  input(prompt: string, password?: boolean): Promise<string> {
    return this.inner.input(prompt, password);
  }

  nextInput(text: string, replace?: boolean): void {
    this.inner.nextInput(text, replace);
  }

  page(display: Display): void {
    this.inner.page(display);
  }

  exit(): void {
    this.inner.exit();
  }

  #add(type: string, display: Display): Output {
    this.#applyClear();
    const output: Output = { output_type: type, data: display.data, metadata: display.metadata ?? {} };
    this.#outputs.push(output);
    return output;
  }

  #displayIdOf(output: Output): string | undefined {
    for (const [id, outputs] of this.#byDisplayId) if (outputs.includes(output)) return id;
    return undefined;
  }

  #applyClear(): void {
    if (!this.#clearNext) return;
    this.#clearNext = false;
    this.#outputs.length = 0;
  }
}
