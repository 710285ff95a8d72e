import { answerNotes } from '../agent/grounding/answerNotes.js';
import { annotate, type Figure } from '../agent/grounding/grounding.js';
import type { AgentOutcome } from '../agent/types.js';
import { safeMarkdown } from './safeMarkdown.js';

/** An answer with what is to be known about its figures, as text and as Markdown without HTML that links figures to their steps. */
export interface MarkedAnswer {
  readonly text: string;
  readonly markdown: string;
}

/** Marks what no result has. `anchor` gives the address of a step in the notebook. */
export function markAnswer(
  { answer, grounding, language = 'en' }: Pick<AgentOutcome, 'answer' | 'grounding' | 'language'>,
  anchor?: (step: string) => string,
): MarkedAnswer {
  if (grounding === undefined) return { text: answer, markdown: safeMarkdown(answer) };
  const { figures, unmatched, unknown, madeUp } = grounding;
  const say = answerNotes[language];
  const notes = [
    ...(madeUp ? [say.madeUp(figures.length > 0)] : []),
    ...(unmatched > 0 ? [say.unchecked(unmatched)] : []),
    ...(unknown.length > 0 ? [say.noResult(unknown)] : []),
  ];
  const below = notes.map((note) => `\n\n> ${note}`).join('');
  const whole = figures.map((figure) => (figure.source === 'none' ? withUnit(answer, figure) : figure));
  const text = annotate(answer, whole, (figure) =>
    figure.source === 'none' ? `${figure.text} [?]` : figure.text,
  );
  const markdown = annotate(answer, whole, (figure) => {
    if (figure.source === 'none') return `${figure.text} [?]`;
    if (figure.step === null || anchor === undefined) return figure.text;
    const where = figure.source === 'code' ? `${figure.step}, in its code` : figure.step;
    return `[${figure.text}](#${anchor(figure.step)} "${where}")`;
  });
  return { text: text + below, markdown: safeMarkdown(markdown + below) };
}

/** The mark of a figure stands behind its unit. */
function withUnit(answer: string, figure: Figure): Figure {
  const [unit = ''] = /^[ \u00a0\u202f]?[%‰€$£¥]/.exec(answer.slice(figure.end)) ?? [];
  return { ...figure, text: figure.text + unit, end: figure.end + unit.length };
}
