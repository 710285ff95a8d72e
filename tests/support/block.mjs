/** Puts a text between the marks `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown document. Throws where it has none. */
export function intoBlock(document, name, text) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`The document has no block ${begin} … ${end}.`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
