/** What all benches share: timing, medians with their spread, and the one form in which they print their results. */
import { parseArgs } from 'node:util';

/**
 * What some rounds gave: the median, and the quartiles around it.
 * @typedef {{ median: number, low: number, high: number, rounds: number }} Sample
 *
 * The most that a value may be: `most` in its own unit, or `ratio` times the peer's and `plus` more.
 * @typedef {{ most: number } | { ratio: number, plus?: number }} Goal
 *
 * One line of the page. `beside` names the peer that `peer` was measured of, in turns with ours in the same run.
 * @typedef {{ what: string, unit: string, ours: Sample, beside?: string, peer?: Sample, goal?: Goal }} Line
 *
 * @typedef {{ title?: string, lines: Line[] }} Table
 */

/** @param {readonly number[]} values @returns {Sample} */
export function sample(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), low: at(0.25), high: at(0.75), rounds: sorted.length };
}

/** A value that is measured once. @param {number} value @returns {Sample} */
export const once = (value) => sample([value]);

/** Milliseconds that `work` takes. @param {() => unknown} work */
export async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** @param {number} rounds @param {(round: number) => unknown} work @returns {Promise<Sample>} milliseconds */
export async function repeated(rounds, work) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed(() => work(round)));
  return sample(times);
}

/**
 * Runs the works by turns, so that what disturbs the machine disturbs them alike; each is first as often as last: whoever follows
 * another finds caches warm or taken.
 * @template {string} Name
 * @param {number} rounds
 * @param {Record<Name, (round: number) => unknown>} works
 * @param {() => unknown} after what each leaves to be done before the next, and is not timed
 * @returns {Promise<Record<Name, Sample>>} milliseconds
 */
export async function inTurns(rounds, works, after = () => undefined) {
  const times = new Map(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? Object.entries(works) : Object.entries(works).reverse();
    for (const [name, work] of order) {
      times.get(name).push(await timed(() => work(round)));
      await after();
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, sample(values)]));
}

/** Prints the results, as `npm run bench` reads them. @param {readonly Table[]} tables */
export function report(tables) {
  console.log(JSON.stringify({ tables }, null, 2));
}

/**
 * The options of a bench: numbers by name, each with its value in a whole run and in a `--quick` one.
 * @template {string} Name
 * @param {Record<Name, readonly [whole: number, quick: number]>} numbers
 * @returns {Record<Name, number> & { quick: boolean }}
 */
export function numbersOf(numbers) {
  const names = Object.keys(numbers);
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    },
  });
  const chosen = names.map((name) => [name, Number(values[name] ?? numbers[name][values.quick ? 1 : 0])]);
  return { ...Object.fromEntries(chosen), quick: values.quick };
}
