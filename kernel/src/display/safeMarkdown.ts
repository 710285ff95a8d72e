/** A fenced block from its first to its last line, or a piece of code within a line: HTML in it is shown as it stands. */
const CODE = /(^(`{3,}|~{3,})[^`\n]*\n(?:.*\n)*?\2[`~]*[ \t]*$)|((?<![\\`])(`+)(?!`)[^`|\n]+(?<!`)\4(?!`))/gm;
/** What opens a tag, a comment, an instruction or a link in angle brackets. */
const TAG = /<(?=[a-z/!?])/gi;
/** A formula begins and ends at a sign, and no digit follows its end; between prices, there is none. */
const DOLLARS = /(\$\$[^$]+\$\$|(?<![\\$])\$(?=[^\s$])(?:[^$\n]*[^\s\\$])?\$(?!\d))|\\?\$/g;
/** The address of a link or picture, in place or in a list of addresses. */
const ADDRESS = /(\]\(\s*|\]:\s*)([^\s)]+)/g;

/**
 * Markdown of a model's that carries no HTML of its own, no link that runs a script, and no formula from one price to the
 * next. A trusted notebook shows HTML in Markdown as it comes, and what a model writes may be what the data told it to.
 */
export function safeMarkdown(markdown: string): string {
  let safe = '';
  let end = 0;
  for (const match of markdown.matchAll(CODE)) {
    safe += withoutHtml(markdown.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return safe + withoutHtml(markdown.slice(end));
}

function withoutHtml(text: string): string {
  return text
    .replace(ADDRESS, (whole, before: string, address: string) =>
      isHarmless(address) ? whole.replaceAll('$', '%24') : `${before}#${address}`,
    )
    .replace(TAG, '&lt;')
    .replace(DOLLARS, (_, formula?: string) => formula ?? '<span>&#36;</span>');
}

/** Is it an address of the web, of mail, or within the notebook? Nothing before its path may spell out another scheme. */
export function isHarmless(address: string): boolean {
  const [head = ''] = address.split(/[/?#]/);
  return /^(?:https?:|mailto:[\w.@+-]+|[^:&\\]*)$/i.test(head);
}
