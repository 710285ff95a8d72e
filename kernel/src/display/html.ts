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
export function preformatted(text: string): string {
  return `<pre style="${WRAPPED}"><code>${escapeHtml(text)}</code></pre>`;
}

/** The same on a ground of its own, for the code of a cell; Lab's own ground of code would hide it. */
export function shaded(text: string): string {
  const style = `${WRAPPED};background:rgba(128,128,128,.12);padding:.3em .6em`;
  return `<pre style="${style}"><code style="background:none">${escapeHtml(text)}</code></pre>`;
}

const WRAPPED = 'white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere';
