/** Whether a text is an address such as `s3://bucket/prefix`, and no path. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}
