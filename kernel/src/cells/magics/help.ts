import { escapeHtml } from '../../display/html.js';
import { listDisplay } from '../../display/list.js';
import type { Display } from '../../mime.js';
import type { OptionSpec } from '../reading/arguments.js';
import type { CellMagic, Magic } from './Magic.js';

/** What a cell can be: one line for each magic. */
export function helpDisplay(magics: readonly (CellMagic | Magic)[]): Display {
  const rows = [
    ['plain text', 'Answers a question by running SQL and Python (%default changes what plain text is).'],
    ...magics.map((magic) => [magic.usage, magic.about]),
  ];
  const more = '%load? explains %load, and so on';
  const { data } = listDisplay([{ title: 'you type' }, { title: 'what it does' }], rows, more);
  // Side by side they are wider than a terminal.
  const lines = rows.flatMap(([typed = '', about = '']) => [typed, `    ${about}`]);
  return { data: { ...data, 'text/plain': [...lines, `(${more})`].join('\n') } };
}

/** One magic in full. */
export function magicHelp(magic: CellMagic | Magic): Display {
  const sections = [`${magic.usage}\n\n${magic.about}`];
  if (magic.details !== undefined) sections.push(magic.details);
  if (magic.options.length > 0) sections.push(magic.options.map(optionLine).join('\n'));
  if (magic.examples !== undefined)
    sections.push(`For example:\n\n${magic.examples.map(indent).join('\n\n')}`);
  const text = sections.join('\n\n');
  return { data: { 'text/plain': text, 'text/html': `<pre>${escapeHtml(text)}</pre>` } };
}

function optionLine(option: OptionSpec): string {
  const form = `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
  const choices = option.choices ? ` (${option.choices.join(', ')})` : '';
  return `  ${form.padEnd(20)} ${option.about}${choices}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
