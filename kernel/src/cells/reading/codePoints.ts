/** Jupyter and DuckDB count Unicode code points, JavaScript counts UTF-16 units. */
export function countPoints(text: string): number {
  return Array.from(text).length;
}

/** The UTF-16 offset of the code point at `points`. */
export function unitOffset(text: string, points: number): number {
  return Array.from(text).slice(0, points).join('').length;
}
