/**
 * What a sandbox image is to have of further Python packages: those that it has, and those that are wanted besides, in the
 * version that is wanted.
 * @param {readonly string[]} has
 * @param {readonly string[] | undefined} wanted none of them all where it is empty
 */
export function withPackages(has, wanted) {
  if (wanted === undefined) return [...has];
  if (wanted.length === 0) return [];
  const names = new Set(wanted.map(nameOf));
  return [...has.filter((each) => !names.has(nameOf(each))), ...wanted];
}

/** The name that pip takes it for, without version and extras. */
function nameOf(requirement) {
  return requirement
    .replace(/[[=<>!~].*$/, '')
    .replace(/[-_.]+/g, '-')
    .toLowerCase();
}
