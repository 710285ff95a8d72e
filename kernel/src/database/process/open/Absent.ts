import type { Token } from '../../sql/scan.js';
import { DatabaseError } from '../../errors.js';
import { failureOf } from '../failure.js';

/** Attached databases that could not be opened, by alias, with why: the others are used without them. */
export class Absent {
  readonly #reasons = new Map<string, string>();
  readonly #untold = new Set<string>();

  has(alias: string): boolean {
    return this.#reasons.has(alias);
  }

  /** `told`: an error says so already. */
  add(alias: string, reason: unknown, told = false): void {
    const [first = ''] = failureOf(reason).message.split('\n');
    this.#reasons.set(alias, first);
    if (!told) this.#untold.add(alias);
  }

  /** Says whether it was one of them. */
  delete(alias: string): boolean {
    this.#untold.delete(alias);
    return this.#reasons.delete(alias);
  }

  /** Those that a statement may mean. */
  among(tokens: readonly Token[]): string[] {
    if (this.#reasons.size === 0) return [];
    const names = new Set(
      tokens.filter(({ kind }) => kind === 'word' || kind === 'quoted').map(({ text }) => text.toLowerCase()),
    );
    return [...this.#reasons.keys()].filter((alias) => names.has(alias.toLowerCase()));
  }

  /** What is to be said of those of which nothing was said yet. */
  takeNotes(): string[] {
    const notes = [...this.#untold].map((alias) => this.#describe(alias));
    this.#untold.clear();
    return notes;
  }

  /** For a statement that failed, and may have meant one of them. */
  error(aliases: readonly string[]): DatabaseError {
    for (const alias of aliases) this.#untold.delete(alias);
    return new DatabaseError(
      'AttachError',
      aliases.map((alias) => this.#describe(alias)).join('\n'),
      '',
      null,
    );
  }

  #describe(alias: string): string {
    return (
      `${alias} is attached, and cannot be opened: ${this.#reasons.get(alias) ?? ''}\n` +
      `A cell that names it tries again; %detach ${alias} lets go of it.`
    );
  }
}
