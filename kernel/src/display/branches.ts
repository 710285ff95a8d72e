import type { Usage } from '../contract.js';
import type { Display } from '../mime.js';
import { plural } from '../counts.js';
import { cut, duration } from './format.js';
import { escapeHtml, NO_MATH } from './html.js';
import { markdownHtml } from './markdownHtml.js';
import { usageParts } from './runDisplay.js';

/** One of several runs side by side. */
export interface BranchView {
  /** Of its worldline. */
  readonly name: string;
  readonly task: string;
  readonly state: 'waiting' | 'running' | 'done' | 'partial' | 'error' | 'interrupted';
  /** Markdown; of a failed run, what went wrong. */
  readonly answer: string;
  /** Figures that the answer states, but for those of the task. */
  readonly figures: readonly string[];
  /** Files that it made or changed. */
  readonly artifacts: readonly string[];
  readonly usage: Usage;
  readonly steps: number;
  readonly milliseconds: number;
}

/** The runs side by side, whether they agree, and how to take one. */
export function branchesDisplay(branches: readonly BranchView[]): Display {
  return { data: { 'text/html': branchesHtml(branches), 'text/plain': branchesText(branches) } };
}

export function branchesText(branches: readonly BranchView[]): string {
  const parts = branches.map((branch) =>
    [`${branch.name}: ${facts(branch)}`, ...indent(cut(branch.answer.trim(), 4000))].join('\n'),
  );
  return [...parts, verdict(branches)].filter(Boolean).join('\n\n');
}

/** Whether the runs agree, and where they differ; empty while they run. */
export function verdict(branches: readonly BranchView[]): string {
  const unfinished = branches.some(({ state }) => state === 'waiting' || state === 'running');
  if (unfinished || branches.length === 0) return '';
  const answered = branches.filter(({ state }) => state === 'done' || state === 'partial');
  const first = answered[0];
  if (first === undefined) return 'None of them came to an answer.';
  const take = `%adopt ${first.name} takes one of them.`;
  if (answered.length === 1) return `Only ${first.name} came to an answer. ${take}`;
  const sets = answered.map(({ figures }) => new Set(figures.map(plain)));
  const shared = new Set([...(sets[0] ?? [])].filter((figure) => sets.every((set) => set.has(figure))));
  const apart = answered.map(({ figures }) => figures.filter((figure) => !shared.has(plain(figure))));
  if (sets.every((set) => set.size === 0)) {
    const same = new Set(answered.map(({ answer }) => answer.trim().toLowerCase())).size === 1;
    return `${same ? 'They give the same answer' : 'Their answers state no figures that could be compared'}. ${take}`;
  }
  if (apart.every((figures) => figures.length === 0)) return `They agree in every figure. ${take}`;
  const says = answered.map(({ name }, at) => `${name}: ${apart[at]?.join(', ') || '–'}`).join('; ');
  return `They differ. Figures that not all of them have: ${says}. ${take}`;
}

/** The same number in other clothes is the same figure. */
function plain(figure: string): string {
  return figure
    .replace(/[,\s\u00a0\u202f]/g, '')
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');
}

function facts({ state, steps, usage, milliseconds, artifacts }: BranchView): string {
  return [
    state,
    plural(steps, 'step'),
    ...usageParts(usage),
    ...(milliseconds > 0 ? [duration(milliseconds)] : []),
    ...(artifacts.length === 0 ? [] : [`files: ${cut(artifacts.join(', '), 200)}`]),
  ].join(' · ');
}

function indent(text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `  ${line}`);
}

function branchesHtml(branches: readonly BranchView[]): string {
  const columns = branches
    .map(
      (branch) =>
        `<td valign="top" align="left" style="vertical-align:top;text-align:left"><b>${escapeHtml(branch.name)}</b><br>` +
        `<small>${escapeHtml(facts(branch))}</small>\n` +
        `${markdownHtml(branch.answer)}</td>`,
    )
    .join('\n');
  return (
    `<table class="${NO_MATH}" style="width:100%;table-layout:fixed"><tr>\n${columns}\n</tr></table>\n` +
    `<div>${escapeHtml(verdict(branches))}</div>`
  );
}
