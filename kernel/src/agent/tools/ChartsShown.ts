/** Files of charts that a person has before them already, each with the step that showed it. */
export class ChartsShown {
  readonly #steps = new Map<string, string>();

  /** A step wrote these files and showed so many charts. A file that has no chart of its own on the page is not noted. */
  note(step: string, charts: number, files: readonly string[]): void {
    const pictures = files.filter((path) => /\.(png|jpe?g|svg|gif|webp|pdf)$/i.test(path));
    for (const path of pictures) {
      if (pictures.length <= charts) this.#steps.set(path, step);
      else this.#steps.delete(path);
    }
  }

  /** The step that showed it; undefined where none did. */
  stepOf(path: string): string | undefined {
    return this.#steps.get(path.replace(/^(\.\/)+/, ''));
  }
}
