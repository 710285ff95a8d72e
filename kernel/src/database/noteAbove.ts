/** What is said of lines above the header of a file that were left out; nothing where there were none. */
export function noteAbove(above: number): string {
  if (above === 0) return '';
  return above === 1
    ? 'The first line was left out: it stands above the header.'
    : `The first ${above} lines were left out: they stand above the header.`;
}
