import { RUN_MIME, type RunInfo } from '../../contract.js';
import { type ExportCell, markdownCell, type Notebook, type NotebookCell } from './notebook.js';

type Output = Record<string, unknown>;

/** A notebook to be turned into a document: questions as text, answers, charts and tables; steps left out if asked. */
export function reportOf(cells: readonly ExportCell[], steps: boolean): Notebook {
  return {
    ...{ nbformat: 4, nbformat_minor: 5, metadata: {} },
    cells: cells.filter((cell) => cell.kind !== 'magic').flatMap((cell) => reportCells(cell, steps)),
  };
}

function reportCells(cell: ExportCell, steps: boolean): NotebookCell[] {
  const { checkpoint, executionCount: execution_count } = cell;
  if (cell.kind !== 'ask') return [outputCell(cell.outputs, cell.source)];
  const question = markdownCell(
    `${checkpoint}-q`,
    headingOf(cell.source.replace(/^%%ask[^\n]*\n/, '').trim()),
  );
  if (steps) return [question, outputCell(cell.outputs, cell.source)];
  const rest = cell.outputs.filter((output) => answerOf(output) === null);
  // A run that was cut short may have no answer but what its steps' display says.
  const answers = rest.some(isText) ? [] : cell.outputs.map(answerOf).filter((answer) => answer !== null);
  return [
    question,
    ...answers.map((answer, index) => markdownCell(`${checkpoint}-a${index}`, answer)),
    outputCell(rest, ''),
  ];

  function outputCell(outputs: readonly Output[], source: string): NotebookCell {
    return { cell_type: 'code', id: checkpoint, metadata: {}, source, execution_count, outputs };
  }
}

/** A question's first paragraph, whole: a heading of Markdown ends with its line. */
function headingOf(question: string): string {
  const [first = '', ...rest] = question.split(/\n\s*\n/);
  return [`## ${first.replace(/\s*\n\s*/g, ' ')}`, ...rest].join('\n\n');
}

/** The answer in an output that shows an agent run; null in any other. */
function answerOf(output: Output): string | null {
  const data = output['data'] as Record<string, unknown> | undefined;
  const run = data?.[RUN_MIME] as RunInfo | undefined;
  return run?.answer ?? null;
}

function isText(output: Output): boolean {
  return (output['data'] as Record<string, unknown> | undefined)?.['text/markdown'] !== undefined;
}
