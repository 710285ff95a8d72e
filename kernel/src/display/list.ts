import type { Display } from '../mime.js';
import { escapeHtml, NO_MATH } from './html.js';
import { oneLine, textTable } from './textTable.js';

export interface ListColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Not cut in the text form. */
  readonly whole?: boolean;
}

/** A short list of the kernel's own (tables, variables, settings …) as HTML and as text. */
export function listDisplay(
  columns: readonly ListColumn[],
  rows: readonly (readonly string[])[],
  caption = '',
): Display {
  const aligned = columns.map((column) => ({
    title: column.title,
    align: column.align ?? ('left' as const),
    whole: column.whole ?? false,
  }));
  const style = (i: number): string => `style="text-align:${aligned[i]?.align ?? 'left'}"`;
  const head = aligned.map((column, i) => `<th ${style(i)}>${escapeHtml(column.title)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((value, i) => `<td ${style(i)}>${escapeHtml(oneLine(value))}</td>`).join('')}</tr>`,
    )
    .join('\n');
  const note = caption === '' ? '' : `\n<p style="opacity:.65"><small>${escapeHtml(caption)}</small></p>`;
  return {
    data: {
      'text/html': `<table class="dataframe ${NO_MATH}">\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>${note}`,
      'text/plain': textTable(aligned, rows) + (caption === '' ? '' : `\n(${caption})`),
    },
  };
}

/** Plain sentences. */
export function textDisplay(text: string): Display {
  return { data: { 'text/plain': text } };
}
