import { artifactsBetween, scan, type Scan } from '../workspace/scan.js';
import { measure } from '../workspace/measure.js';
import type { Limits, SandboxEvent } from '../types.js';

const MAX_ARTIFACTS = 200;

/** What is known of the files in a session's workspace: which were there before a cell, and how much they hold. */
export class WorkspaceFiles {
  #seen: Scan = { files: new Map(), partial: false };
  #held = 0;

  constructor(private readonly workspace: string) {}

  /** Bytes before the next cell, where they may be too many. */
  get held(): number {
    return this.#held;
  }

  /** Looks at all of them: what was changed while no container was there is no cell's. */
  async look(): Promise<void> {
    this.#seen = await scan(this.workspace);
    await this.#measure();
  }

  /** What a cell made or changed that started then, in milliseconds since the epoch. */
  async artifacts(
    started: number,
    onEvent: (event: SandboxEvent) => void,
  ): Promise<ReturnType<typeof artifactsBetween>> {
    const before = this.#seen;
    this.#seen = await scan(this.workspace);
    if (this.#seen.partial && !before.partial)
      onEvent({
        type: 'notice',
        text: 'The workspace has more files than are looked at: not all of the new ones are listed.',
      });
    return artifactsBetween(before, this.#seen, started, MAX_ARTIFACTS);
  }

  /** Measures them again where they were, or have become, too many. */
  async measureAgain(limits: Limits, areTooMany: boolean): Promise<void> {
    if (this.#held > limits.workspaceSize || areTooMany) await this.#measure();
  }

  async #measure(): Promise<void> {
    this.#held = (await measure(this.workspace)).bytes;
  }
}
