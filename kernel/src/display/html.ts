const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text or as a quoted attribute: nothing in it can open a tag or end the quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Classes of what holds values and code: two prices in it are no formula between dollar signs. */
export const NO_MATH = 'tex2jax_ignore mathjax_ignore';

/** Text of a fixed width, as it stands. Where styles are kept, lines break between words, and not within them. */
export function preformatted(text: string, style = ''): string {
  return `<pre style="${style}white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"><code>${escapeHtml(text)}</code></pre>`;
}
