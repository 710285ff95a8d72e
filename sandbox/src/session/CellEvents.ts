import { join } from 'node:path';
import type { CellFrames, Runner } from '../channel/Runner.js';
import type { Frame } from '../channel/frames.js';
import { HIDDEN } from '../engine/containerOptions.js';
import type { ExecuteOptions, PythonExports, SandboxEvent } from '../types.js';

/** More than the runner lets through: a runner that does not keep to its limits is not believed. */
const MAX_TEXT = 16 * 1024 * 1024;
const MAX_DISPLAYS = 2500;
const MAX_DISPLAY_BYTES = 192 * 1024 * 1024;
const MAX_CLEARS = 20_000;
const MAX_NOTICES = 100;
const MAX_REQUESTS = 8;
const MAX_LINES = 2000;
const MAX_LINE = 200_000;
const MAX_TRACEBACK = 2 * 1024 * 1024;
const MAX_NAME = 200;

/** Turns the frames of a running cell into events, and answers what the code asks of the host. */
export class CellEvents implements CellFrames {
  error: { ename: string; evalue: string; traceback: readonly string[] } | null = null;
  #text = 0;
  #displays = 0;
  #displayBytes = 0;
  #clears = 0;
  #notices = 0;
  #requests = 0;

  constructor(
    private readonly runner: Runner,
    private readonly options: ExecuteOptions,
    private readonly workspace: string,
    private readonly exports: PythonExports,
  ) {}

  frame({ header, payload }: Frame): void {
    switch (header.type) {
      case 'stream':
        this.#text += payload.length;
        if (this.#text > MAX_TEXT) break;
        this.#emit({
          type: 'stream',
          name: header['name'] === 'stderr' ? 'stderr' : 'stdout',
          text: payload.toString('utf8'),
        });
        break;
      case 'display':
      case 'result':
        this.#displayBytes += payload.length;
        if (++this.#displays <= MAX_DISPLAYS && this.#displayBytes <= MAX_DISPLAY_BYTES)
          this.#display(header, payload);
        break;
      case 'clear':
        if (++this.#clears > MAX_CLEARS) break;
        this.#emit({ type: 'clear', wait: header['wait'] === true });
        break;
      case 'notice':
        if (++this.#notices > MAX_NOTICES) break;
        this.#emit({ type: 'notice', text: payload.toString('utf8').slice(0, MAX_LINES) });
        break;
      case 'error':
        this.error = parseError(payload);
        break;
      case 'request':
        void this.#answer(header);
        break;
    }
  }

  #display(header: Frame['header'], payload: Buffer): void {
    const bundle = parseObject(payload);
    const data = asRecord(bundle['data']);
    const metadata = asRecord(bundle['metadata']);
    if (header.type === 'result') {
      this.#emit({ type: 'result', data, metadata });
      return;
    }
    const id = header['display_id'];
    this.#emit({
      type: 'display',
      data,
      metadata,
      update: header['update'] === true,
      ...(typeof id === 'string' ? { displayId: id } : {}),
    });
  }

  async #answer(header: Frame['header']): Promise<void> {
    const { request } = header;
    this.#requests++;
    try {
      if (this.#requests > MAX_REQUESTS) throw new Error('Too many requests at a time.');
      this.runner.answer(request, { ok: true, value: await this.#do(header) });
    } catch (error) {
      this.runner.answer(request, {
        ok: false,
        error: (error as { message?: string }).message ?? String(error),
      });
    } finally {
      this.#requests--;
    }
  }

  #do(header: Frame['header']): Promise<string> {
    const { op, prompt, password, query } = header;
    if (op === 'input' && this.options.input !== undefined)
      return this.options.input(typeof prompt === 'string' ? prompt : '', password === true);
    if (op === 'sql' && this.options.sql !== undefined && typeof query === 'string')
      return this.options.sql(query, join(this.workspace, HIDDEN, 'exchange'), this.exports);
    return Promise.reject(new Error(`${String(op)} is not available in this cell.`));
  }

  #emit(event: SandboxEvent): void {
    this.options.onEvent(event);
  }
}

function parseError(payload: Buffer): { ename: string; evalue: string; traceback: readonly string[] } {
  const { ename, evalue, traceback } = parseObject(payload);
  return {
    ename: typeof ename === 'string' ? ename.slice(0, MAX_NAME) : 'Error',
    evalue: typeof evalue === 'string' ? evalue.slice(0, MAX_LINE) : '',
    traceback: Array.isArray(traceback) ? boundedLines(traceback) : [],
  };
}

function boundedLines(lines: readonly unknown[]): string[] {
  let left = MAX_TRACEBACK;
  return lines.slice(0, MAX_LINES).flatMap((line) => {
    const shown = typeof line === 'string' ? line.slice(0, left) : '';
    left -= shown.length;
    return left > 0 ? [shown] : [];
  });
}

function parseObject(payload: Buffer): Record<string, unknown> {
  return asRecord(JSON.parse(payload.toString('utf8')));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
