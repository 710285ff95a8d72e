import type { WorldlineSummary } from '../../../kernel/src/contract.js';

/** Names to choose worldlines by: where several have one name, as each kernel begins with a `main`, each with when it began. */
export function labelsOf(worldlines: readonly Pick<WorldlineSummary, 'name' | 'created'>[]): string[] {
  const count = new Map<string, number>();
  for (const { name } of worldlines) count.set(name, (count.get(name) ?? 0) + 1);
  return worldlines.map(({ name, created }) =>
    (count.get(name) ?? 0) > 1 ? `${name} (${new Date(created).toLocaleString()})` : name,
  );
}
