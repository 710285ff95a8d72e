/** The share of the height that the first section has at least. */
const FIRST = 0.45;
/** Pixels that a section has in any case. */
const LEAST = 60;

/**
 * Heights of sections one below the other: those after the first get what they need as far as there is room, the small ones
 * first, and the first one gets the rest.
 */
export function shareRoom(room: number, needs: readonly number[]): readonly number[] {
  const heights = needs.map(() => 0);
  let left = room * (1 - FIRST);
  const smallFirst = needs.map((need, index) => ({ need: Math.max(need, LEAST), index }));
  smallFirst.sort((a, b) => a.need - b.need);
  smallFirst.forEach(({ need, index }, at) => {
    const height = Math.min(need, left / (needs.length - at));
    heights[index] = height;
    left -= height;
  });
  return [room - heights.reduce((sum, height) => sum + height, 0), ...heights];
}
