import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { VariablesSnapshot } from '../../sandbox/src/types.js';
import { digestsOf, Lab } from './Lab.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const SEEDS = [1, 2, 3, 4, 5, 6];
const ROUNDS = 25;

/** A small generator of numbers below a bound, the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed * 0x9e3779b1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 12)) >>> 0) % below;
  };
}

/** One random cell: it makes, changes, aliases, looks into or removes variables. */
function cell(below: (bound: number) => number): string {
  const name = (): string => NAMES[below(NAMES.length)] ?? 'a';
  const [x, y, n] = [name(), name(), below(1000)];
  const array = `isinstance(${y}, np.ndarray) and ${y}.dtype.kind == "f"`;
  const cells = [
    `${x} = np.arange(${String(below(200_000))}, dtype=float) + ${String(n)}`,
    `${x} = np.asfortranarray(np.full((${String(below(300) + 1)}, 400), ${String(n)}.5))`,
    `${x} = np.zeros(${String(below(300_000))})`,
    `${x} = [${String(n)}, "text", ${y}]`,
    `${x} = {"k": ${y}, "n": ${String(n)}, 3: (${y}, ${y})}`,
    `${x} = ${y}`,
    `${x} = Holder(${y})`,
    `${x} = np.array([${y} if isinstance(${y}, str) else "s", None, (1, 2)], dtype=object)`,
    `${x} = pd.DataFrame({"v": np.arange(${String(below(50_000) + 2)}) / 7, "s": "row"})`,
    `${x} = "${'long '.repeat(below(40_000))}${String(n)}"`,
    `${x} = {1, ${String(n)}, "x"}`,
    `if ${array}: ${x} = ${y}[..., ${String(below(3))}::${String(below(3) + 1)}]`,
    `if ${array}: ${x} = ${y}.T`,
    `if ${array}: ${x} = ${y}.reshape(-1)[::-1]`,
    `if ${array} and ${y}.size and ${y}.flags.writeable: ${y}.flat[${String(below(100_000))} % ${y}.size] = ${String(n)}`,
    `if ${array} and ${y}.flags.writeable: ${y} *= 1.5`,
    `if isinstance(${y}, list): ${y}.append(${y})`,
    `if isinstance(${y}, dict): ${y}["n"] = ${x}`,
    `if isinstance(${y}, pd.DataFrame): ${y}.iloc[${String(below(2))}, 0] = ${String(n)}`,
    `if isinstance(${y}, Holder): ${y}.inner = ${x}`,
    `${x} = None`,
    `np.random.seed(${String(n)}); ${x} = np.random.rand(50_000)`,
  ];
  return cells[below(cells.length)] ?? '';
}

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.close());

test.each(SEEDS)('random cells, captures and returns, seed %i', async (seed) => {
  const below = generator(seed);
  await lab.fresh();
  await lab.run(`
import numpy as np, pandas as pd
class Holder:
    def __init__(self, inner): self.inner = inner
${NAMES.join(' = ')} = 0`);
  const kept: { snapshot: VariablesSnapshot; was: unknown }[] = [];
  const seen = new Map<string, string>();
  /** Equal contents have equal digests, and others have others. */
  const note = (contents: Record<string, string>, digests: Record<string, string>): void => {
    for (const [name, digest] of Object.entries(digests)) {
      const content = contents[name] ?? name;
      expect([name, digest]).toEqual([name, seen.get(`holds ${content}`) ?? digest]);
      expect([name, content]).toEqual([name, seen.get(`digest ${digest}`) ?? content]);
      seen.set(`holds ${content}`, digest).set(`digest ${digest}`, content);
    }
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const cells = Array.from({ length: below(5) + 1 }, () => cell(below));
    await lab.run(cells.join('\n'));
    const was = await lab.fingerprint();
    const contents = await lab.contents();
    const snapshot = await lab.capture({ meanwhile: cell(below) });
    expect(snapshot.lost).toEqual([]);
    note(contents, digestsOf(snapshot));
    kept.push({ snapshot, was });
    if (below(3) > 0) continue;
    const back = kept[below(kept.length)];
    if (back === undefined) continue;
    expect(await lab.restore(back.snapshot)).toMatchObject({ lost: [] });
    expect(await lab.fingerprint()).toEqual(back.was);
  }
  for (const { snapshot, was } of kept) {
    await lab.restore(snapshot);
    expect(await lab.fingerprint()).toEqual(was);
    expect(digestsOf(await lab.capture())).toEqual(digestsOf(snapshot));
  }
});
