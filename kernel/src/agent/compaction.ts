import type { Turn } from './types.js';

/** Placeholder until conversations are long. */
export function compact(earlier: readonly Turn[], run: readonly Turn[]): Turn[] {
  return [...earlier, ...run];
}
