import { join } from 'node:path';
import type { CellFrames, Runner } from '../channel/Runner.js';
import type { Frame } from '../channel/frames.js';
import { HIDDEN } from '../engine/containerOptions.js';
import type { ExecuteOptions, PythonSession, SandboxEvent } from '../types.js';

/** More than the runner lets through: a runner that does not keep to its limits is not believed. */
const MAX_TEXT = 16 * 1024 * 1024;
const MAX_DISPLAYS = 2500;
const MAX_LINES = 2000;

/** Turns the frames of a running cell into events, and answers what the code asks of the host. */
export class CellEvents implements CellFrames {
  error: { ename: string; evalue: string; traceback: readonly string[] } | null = null;
  #text = 0;
  #displays = 0;

  constructor(
    private readonly runner: Runner,
    private readonly options: ExecuteOptions,
    private readonly workspace: string,
    private readonly exportFrame: PythonSession['exportFrame'],
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
        if (++this.#displays <= MAX_DISPLAYS) this.#display(header, payload);
        break;
      case 'clear':
        this.#emit({ type: 'clear', wait: header['wait'] === true });
        break;
      case 'notice':
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
    try {
      this.runner.answer(request, { ok: true, value: await this.#do(header) });
    } catch (error) {
      this.runner.answer(request, {
        ok: false,
        error: (error as { message?: string }).message ?? String(error),
      });
    }
  }

  #do(header: Frame['header']): Promise<string> {
    const { op, prompt, password, query } = header;
    if (op === 'input' && this.options.input !== undefined)
      return this.options.input(typeof prompt === 'string' ? prompt : '', password === true);
    if (op === 'sql' && this.options.sql !== undefined && typeof query === 'string')
      return this.options.sql(query, join(this.workspace, HIDDEN, 'exchange'), this.exportFrame);
    return Promise.reject(new Error(`${String(op)} is not available in this cell.`));
  }

  #emit(event: SandboxEvent): void {
    this.options.onEvent(event);
  }
}

function parseError(payload: Buffer): { ename: string; evalue: string; traceback: readonly string[] } {
  const { ename, evalue, traceback } = parseObject(payload);
  return {
    ename: typeof ename === 'string' ? ename : 'Error',
    evalue: typeof evalue === 'string' ? evalue : '',
    traceback: Array.isArray(traceback) ? traceback.slice(0, MAX_LINES).map(String) : [],
  };
}

function parseObject(payload: Buffer): Record<string, unknown> {
  return asRecord(JSON.parse(payload.toString('utf8')));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
