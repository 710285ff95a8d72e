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

/** Text with its line breaks, also where a viewer strips styles, as GitHub does. */
export function paragraphHtml(text: string): string {
  return escapeHtml(text.trim()).replaceAll('\n', '<br>');
}
