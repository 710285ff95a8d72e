/** Whether JSON files take an option that CSV files take. */
export function isOfJson(option: string): boolean {
  return option === 'encoding' || option === 'dates';
}

/** Which files take an option of `%load`, in words. */
export function filesWith(option: string): string {
  return isOfJson(option) ? 'CSV and JSON files' : 'CSV files';
}
