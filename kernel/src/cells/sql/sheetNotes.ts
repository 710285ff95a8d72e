import { noteAbove } from '../../database/noteAbove.js';
import { count, plural } from '../../counts.js';

/** So many areas of merged cells are named. */
const NAMED = 3;

/** What `sheets.py` in the sandbox tells of a sheet. What only Excel's own files tell is missing for others. */
export interface SheetRead {
  readonly sheet: string;
  /** Other sheets that have rows. */
  readonly others: readonly string[];
  /** Rows above the header. */
  readonly above: number;
  /** Columns of several types, with a text that stands among values of others. */
  readonly mixed: readonly (readonly [column: string, text: string])[];
  /** Formulas that have no value in the file. */
  readonly unknown?: number;
  /** Cells with an error such as `#DIV/0!`. */
  readonly errors?: number;
  readonly hiddenRows?: number;
  readonly hiddenColumns?: number;
  /** Areas below the header, such as `A2:A4`. */
  readonly merged?: readonly string[];
}

/** What is worth knowing of a sheet that was loaded: nothing of it changes, or goes, in silence. */
export function sheetNotes(read: SheetRead): string[] {
  const { sheet, others, above, mixed, unknown = 0, errors = 0, merged = [] } = read;
  return [
    noteAbove(above),
    unknown === 0
      ? ''
      : `${plural(unknown, 'formula')} ${unknown === 1 ? 'has' : 'have'} no value in the file, and ${isOrAre(unknown)} NULL: ` +
        'opened and saved in a spreadsheet program, it has them.',
    errors === 0 ? '' : `${plural(errors, 'cell')} with an error such as #DIV/0! ${isOrAre(errors)} NULL.`,
    noteMerged(merged),
    noteHidden(read),
    ...mixed.map(
      ([column, text]) =>
        `${column} is text: not all its cells are of one type, and one of them is "${text}".`,
    ),
    others.length === 0 ? '' : `This is the sheet ${sheet}. Others, for --sheet: ${others.join(', ')}.`,
  ].filter(Boolean);
}

function noteMerged(areas: readonly string[]): string {
  if (areas.length === 0) return '';
  const more = areas.length > NAMED ? ` and ${count(areas.length - NAMED)} more` : '';
  return (
    `Merged cells have their value in the first of their rows and columns, and NULL in the others: ${areas.slice(0, NAMED).join(', ')}${more}. ` +
    'last_value(COLUMN IGNORE NULLS) OVER (ORDER BY rowid) fills a column downwards.'
  );
}

function noteHidden({ hiddenRows = 0, hiddenColumns = 0 }: SheetRead): string {
  const hidden = [
    hiddenRows === 0 ? '' : plural(hiddenRows, 'row'),
    hiddenColumns === 0 ? '' : plural(hiddenColumns, 'column'),
  ].filter(Boolean);
  if (hidden.length === 0) return '';
  const verb = hiddenRows + hiddenColumns === 1 ? 'is' : 'are';
  return `${hidden.join(' and ')} that the sheet hides ${verb} in the table as well.`;
}

function isOrAre(number: number): string {
  return number === 1 ? 'is' : 'are';
}
