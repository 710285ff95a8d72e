import { escapeHtml } from './html.js';
import { isHarmless } from './safeMarkdown.js';

const FENCE = /^\s{0,3}(`{3,}|~{3,})/;
const HEADING = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;
const QUOTE = /^\s{0,3}> ?/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+/;
const RULER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const RULE = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
/** A piece of code, a link, bold, or slanted text, whichever comes first. None is looked for without end. */
const INLINE =
  /(`+)(?!`)(.{1,500}?)(?<!`)\1(?!`)|\[([^\]\n]{1,500})\]\((\S{1,2000}?)(?:\s+"[^"]{0,500}")?\)|\*\*(?=\S)(.{1,500}?)(?<=\S)\*\*|(?<![\w*])[*_](?=[^\s*_])(.{1,500}?)(?<=[^\s*_])[*_](?![\w*])/gs;
/** Blocks within blocks that are told apart. */
const DEPTH = 8;

/**
 * Markdown of a model's as HTML of our own making, for places in which no front end renders Markdown: a table's cell, a
 * run's steps. Knows what answers are made of; all else, HTML among it, stands there as text.
 */
export function markdownHtml(markdown: string): string {
  return blocks(markdown.trim().split('\n'), DEPTH).join('\n');
}

function blocks(lines: readonly string[], depth: number): string[] {
  if (depth === 0) return [plain(lines.join('\n'))];
  const html: string[] = [];
  let at = 0;
  const take = (belongs: (line: string, index: number) => boolean): string[] => {
    const from = at;
    while (at < lines.length && belongs(lines[at] ?? '', at)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const fence = FENCE.exec(line)?.[1];
    if (line.trim() === '') at += 1;
    else if (fence !== undefined) {
      at += 1;
      const code = take((next) => !next.trim().startsWith(fence));
      at += 1;
      html.push(`<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`);
    } else if (RULE.test(line)) {
      at += 1;
      html.push('<hr>');
    } else if (HEADING.test(line)) {
      at += 1;
      html.push(`<p><b>${inline(HEADING.exec(line)?.[1] ?? '')}</b></p>`);
    } else if (QUOTE.test(line)) {
      const quoted = take((next) => QUOTE.test(next)).map((next) => next.replace(QUOTE, ''));
      html.push(`<blockquote>\n${blocks(quoted, depth - 1).join('\n')}\n</blockquote>`);
    } else if (ITEM.test(line))
      html.push(
        list(
          take((next, i) => isOfList(lines, i, next)),
          depth - 1,
        ),
      );
    else if (line.includes('|') && RULER.test(lines[at + 1] ?? '')) {
      html.push(table(take((next) => next.includes('|'))));
    } else {
      const first = at;
      const text = take((next, i) => i === first || !beginsBlock(next));
      html.push(`<p>${inline(text.join('\n').trim())}</p>`);
    }
  }
  return html;
}

function beginsBlock(line: string): boolean {
  return line.trim() === '' || [FENCE, RULE, HEADING, QUOTE, ITEM].some((begin) => begin.test(line));
}

/** An item, what is indented below one, or the empty line between two. */
function isOfList(lines: readonly string[], index: number, line: string): boolean {
  if (line.trim() !== '') return ITEM.test(line) || /^\s{2,}\S/.test(line);
  const next = lines[index + 1] ?? '';
  return ITEM.test(next) || /^\s{2,}\S/.test(next);
}

function list(lines: readonly string[], depth: number): string {
  const [, indent = '', number] = ITEM.exec(lines[0] ?? '') ?? [];
  const items: string[][] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item !== null && (item[1] ?? '').length <= indent.length) items.push([line.slice(item[0].length)]);
    else items.at(-1)?.push(line.replace(/^\s{2,3}/, ''));
  }
  const body = items.map((item) => `<li>${itemHtml(item, depth)}</li>`).join('\n');
  return number === undefined ? `<ul>\n${body}\n</ul>` : `<ol start="${number}">\n${body}\n</ol>`;
}

/** Text alone makes no paragraph: items stand close together. */
function itemHtml(lines: readonly string[], depth: number): string {
  return blocks(lines, depth)
    .join('\n')
    .replace(/^<p>(.*?)<\/p>/s, '$1');
}

function table([head = '', ruler = '', ...rows]: readonly string[]): string {
  const sides = cells(ruler).map((mark) =>
    mark.endsWith(':') ? (mark.startsWith(':') ? 'center' : 'right') : 'left',
  );
  const row = (line: string, tag: 'th' | 'td'): string =>
    `<tr>${cells(line)
      .map((cell, i) => {
        const side = sides[i] ?? 'left';
        return `<${tag} align="${side}" style="text-align:${side}">${inline(cell)}</${tag}>`;
      })
      .join('')}</tr>`;
  return (
    `<table class="dataframe">\n<thead>${row(head, 'th')}</thead>\n` +
    `<tbody>\n${rows.map((line) => row(line, 'td')).join('\n')}\n</tbody>\n</table>`
  );
}

function cells(line: string): string[] {
  const inner = line.trim().replace(/^\||(?<!\\)\|$/g, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function inline(text: string): string {
  let html = '';
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, , code, label, address, bold, slanted] = match;
    html += plain(text.slice(end, match.index));
    end = match.index + whole.length;
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (bold !== undefined) html += `<b>${inline(bold)}</b>`;
    else if (slanted !== undefined) html += `<em>${inline(slanted)}</em>`;
    else if (label !== undefined && address !== undefined) {
      const body = inline(label);
      html += isHarmless(address) ? `<a href="${escapeHtml(address)}">${body}</a>` : body;
    }
  }
  return html + plain(text.slice(end));
}

/** A backslash before a sign takes its meaning away. Two blanks at the end of a line break it. */
function plain(text: string): string {
  return escapeHtml(text.replace(/\\([!-/:-@[-`{-~])/g, '$1')).replace(/ {2,}\n/g, '<br>\n');
}
