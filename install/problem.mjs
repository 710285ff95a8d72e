/** Something that stands in the way, with what to do about it. */
export class Problem extends Error {
  /**
   * @param {string} what
   * @param {string} fix one or more lines, commands indented by four spaces
   */
  constructor(what, fix) {
    super(what);
    this.name = 'Problem';
    this.fix = fix;
  }
}
