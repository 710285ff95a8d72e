/** Values by name. */
export type Answers = ReadonlyMap<string, string>;

/** The values of a text, written as `@name[value]`; of one written twice, the last. Markdown around them does not count. */
export function answersIn(text: string): Answers {
  const plain = text.replace(/\\([_[\]@])/g, '$1');
  return new Map([...plain.matchAll(/@(\w+)\[(.*?)\]/g)].map(([, name = '', value = '']) => [name, value]));
}

/** For each value that is expected: was it given? Text has to be the same, numbers to lie within 0.000001. */
export function judge(given: Answers, expected: Answers): ReadonlyMap<string, boolean> {
  return new Map([...expected].map(([name, value]) => [name, isSame(given.get(name), value)]));
}

function isSame(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const [a, b] = [given.trim(), expected.trim()];
  if (a === b) return true;
  return a !== '' && b !== '' && Math.abs(Number(a) - Number(b)) < 1e-6;
}

/** Shares of 1 over the questions that have labels; null where there is none. */
export interface Scores {
  readonly questions: number;
  /** All values of a question are right. */
  readonly byQuestion: number | null;
  /** Of all values. */
  readonly byValue: number | null;
  /** The mean over the questions of the share of their values that are right. */
  readonly proportional: number | null;
}

export function scoresOf(judged: readonly (readonly boolean[])[]): Scores {
  const labelled = judged.filter((values) => values.length > 0);
  const right = (values: readonly boolean[]) => values.filter(Boolean).length;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    questions: labelled.length,
    byQuestion: share(labelled.filter((values) => values.every(Boolean)).length, labelled.length),
    byValue: share(sum(labelled.map(right)), sum(labelled.map(({ length }) => length))),
    proportional: share(sum(labelled.map((values) => right(values) / values.length)), labelled.length),
  };
}
