/** A checkpoint's title where its kind is shown beside it: without the magic that says the kind. */
export function titleOf({ title }: { readonly title: string }): string {
  return title.replace(/^%%(?:sql|python|ask)\b\s*/, '') || title;
}
