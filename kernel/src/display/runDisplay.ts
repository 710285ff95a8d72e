import type { RunInfo, StepInfo, Usage } from '../contract.js';
import { RUN_MIME, TABLE_MIME } from '../contract.js';
import type { Display } from '../mime.js';
import type { MarkedAnswer } from './answer.js';
import { count, plural } from '../counts.js';
import { duration } from './format.js';
import { escapeHtml, NO_MATH, preformatted } from './html.js';
import { markdownHtml } from './markdownHtml.js';

/** What a run shows in order: steps with what they gave, what the model said between them, notes of the kernel's. */
export type RunItem =
  | { readonly kind: 'step'; readonly step: StepInfo; readonly displays: readonly Display[] }
  | { readonly kind: 'said' | 'note'; readonly text: string };

export interface RunView {
  readonly info: RunInfo;
  readonly items: readonly RunItem[];
  /** Text of the turn that streams now, not yet known to be the answer. */
  readonly streaming: string;
  /** What the run is doing now, such as `thinking` or `retrying in 2 s`. */
  readonly activity: string;
  readonly milliseconds: number;
}

const MARKS: Readonly<Record<StepInfo['state'], string>> = {
  waiting: '…',
  running: '▸',
  ok: '✓',
  error: '✗',
  skipped: '–',
  interrupted: '■',
};

const LABELS: Readonly<Record<string, string>> = { run_sql: 'SQL', run_python: 'Python' };

const MUTED = 'style="opacity:.65"';

/** The folded steps of a run, as they are now. The answer is a display of its own, so that charts can stand between. */
export function stepsDisplay(view: RunView): Display {
  return {
    data: { [RUN_MIME]: view.info, 'text/html': stepsHtml(view), 'text/plain': stepsText(view) },
  };
}

/** The answer in Markdown with a footer that says what it took. In text it stands alone. */
export function answerDisplay(view: RunView, { text, markdown }: MarkedAnswer): Display {
  const footer = runFooter(view);
  return {
    data: {
      'text/markdown': `${markdown}\n\n<small>${escapeHtml(footer)}</small>`,
      'text/plain': `${text}\n\n(${footer})`,
    },
  };
}

/** `gpt-5 · 3 steps · 1,204 tokens in, 310 out · $0.0042 · 8.1 s`. */
function runFooter(view: RunView): string {
  const { info } = view;
  const steps = info.steps.length;
  return [
    info.model + (info.replayed ? ' (replayed)' : ''),
    plural(steps, 'step'),
    ...usageParts(info.usage),
    duration(view.milliseconds),
  ].join(' · ');
}

export function usageParts(usage: Usage): string[] {
  if (usage.inputTokens + usage.outputTokens === 0) return [];
  const cached = usage.cachedTokens > 0 ? ` (${count(usage.cachedTokens)} cached)` : '';
  const tokens = `${count(usage.inputTokens)} tokens in${cached}, ${count(usage.outputTokens)} out`;
  return usage.cost === null ? [tokens] : [tokens, `$${usage.cost.toFixed(4)}`];
}

/** Where a step stands in the notebook: figures of the answer link to it. */
export function stepAnchor(run: string, step: string): string {
  return `worldline-${run.slice(0, 8)}-${step}`;
}

export function stepLine(step: StepInfo): string {
  const time = step.milliseconds === null ? '' : ` · ${duration(step.milliseconds)}`;
  const summary = step.summary === '' ? '' : ` · ${step.summary}`;
  return `${MARKS[step.state]} ${step.id} ${LABELS[step.tool] ?? step.tool}${summary}${time}`;
}

function stepsHtml(view: RunView): string {
  const label = view.info.replayed
    ? `<div ${MUTED}><small>The model's turns are replayed from a recording; every step runs for real.</small></div>\n`
    : '';
  const steps = view.items.map((item) => itemHtml(item, view.info.run)).join('\n');
  const streaming = view.streaming === '' ? '' : `<div>\n${markdownHtml(view.streaming)}\n</div>\n`;
  const activity =
    view.activity === '' ? '' : `<div ${MUTED}><small>${escapeHtml(view.activity)}</small></div>\n`;
  return `<div class="worldline-run ${NO_MATH}">\n${label}${steps}\n${streaming}${activity}</div>`;
}

function itemHtml(item: RunItem, run: string): string {
  switch (item.kind) {
    case 'step':
      return stepHtml(item.step, item.displays, stepAnchor(run, item.step.id));
    case 'said':
      return markdownHtml(item.text);
    case 'note':
      return `<div ${MUTED}><small>${escapeHtml(item.text)}</small></div>`;
  }
}

function stepHtml(step: StepInfo, displays: readonly Display[], anchor: string): string {
  // What a finished answer says stands below the steps.
  if (step.tool === 'finish' && step.state === 'ok')
    return `<div id="${anchor}" class="worldline-step">${escapeHtml(stepLine(step))}</div>`;
  const body = displays.map(resultHtml).join('\n');
  const open = step.state === 'running' || step.state === 'waiting' ? ' open' : '';
  return (
    `<details id="${anchor}" class="worldline-step"${open}><summary>${escapeHtml(stepLine(step))}</summary>\n` +
    `${step.code === '' ? '' : `${preformatted(step.code)}\n`}${body}\n</details>`
  );
}

/**
 * A step's result inside the fold. Only HTML of our own making is let through: what code in the sandbox calls HTML could
 * carry a script, and its text form says the same.
 */
function resultHtml({ data }: Display): string {
  const html = data['text/html'];
  if (TABLE_MIME in data && typeof html === 'string') return html;
  if (Object.keys(data).some((type) => type.startsWith('image/'))) return '';
  const text = data['text/plain'];
  return typeof text === 'string' && text !== '' ? preformatted(text) : '';
}

function stepsText(view: RunView): string {
  const lines = view.items.map((item) => (item.kind === 'step' ? stepLine(item.step) : item.text));
  if (view.info.replayed) lines.unshift("(the model's turns are replayed; every step runs for real)");
  if (view.activity !== '') lines.push(view.activity);
  return lines.join('\n');
}
