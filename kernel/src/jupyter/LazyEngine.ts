import type { Engine, EngineLoader, KernelInfo } from './engine.js';

/** An engine that is there from the start, or is loaded once. */
export class LazyEngine {
  readonly #source: Engine | EngineLoader;
  #loading: Promise<Engine> | null = null;
  #loaded: Engine | null = null;

  constructor(source: Engine | EngineLoader) {
    this.#source = source;
  }

  info(): KernelInfo {
    return this.#source.kernelInfo();
  }

  /** Rejects where loading fails; the next call tries again. */
  get(): Promise<Engine> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  interrupt(): void {
    this.#loaded?.interrupt();
  }

  /** Does nothing where the engine was never asked for. */
  async shutdown(restart: boolean): Promise<void> {
    const engine = await this.#loading;
    await engine?.shutdown(restart);
  }

  async #load(): Promise<Engine> {
    try {
      this.#loaded = 'load' in this.#source ? await this.#source.load() : this.#source;
      return this.#loaded;
    } catch (error) {
      this.#loading = null;
      throw error;
    }
  }
}
