export function withPackages(has: readonly string[], wanted: readonly string[] | undefined): string[];
