import { asData } from '../shown/dataText.js';

/** Notes on how files were read, such as which part of a date is the day: a run tells the model each of them once. */
export class NotesTold {
  readonly #told = new Set<string>();

  /** The note as text for the model and the person; empty where there is none, or it was told already. */
  once(note: string | undefined): string {
    if (note === undefined || this.#told.has(note)) return '';
    this.#told.add(note);
    return asData(note);
  }
}
