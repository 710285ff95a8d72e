import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { answersIn, type Answers } from './score.js';

/** A question with closed answers, in the form of InfiAgent-DABench. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly constraints: string;
  /** Tells the names and the form of the answers, such as `@mean_fare[mean_fare]`. */
  readonly format: string;
  readonly file: string;
  readonly level: string | null;
  /** Null where no label tells them. */
  readonly expected: Answers | null;
}

/** What is wrong with the questions, the labels or the tables, and what to do. */
export class QuestionsError extends Error {
  override readonly name = 'QuestionsError';
}

/** Where the labels are when nobody says: `labels` in the place of `questions` in the file's name. */
export function labelsBeside(questions: string): string {
  return join(dirname(questions), basename(questions).replace('questions', 'labels'));
}

/** Reads questions and labels, and makes sure that every table is there. Throws QuestionsError. */
export async function readQuestions(file: string, labels: string, tables: string): Promise<Question[]> {
  const expected = new Map(
    labels === file || !(await exists(labels))
      ? []
      : (await readLines(labels)).map((line) => [String(line['id']), answersOf(line)]),
  );
  const questions = (await readLines(file)).map((line, at): Question => {
    const { id, question, file_name: table } = line;
    if ((typeof id !== 'number' && typeof id !== 'string') || !isText(question) || !isText(table))
      throw new QuestionsError(`Line ${at + 1} of ${file} needs id, question and file_name.`);
    return {
      id: String(id),
      question,
      constraints: textOf(line['constraints']),
      format: textOf(line['format']),
      file: table,
      level: isText(line['level']) ? line['level'] : null,
      expected: expected.get(String(id)) ?? answersOf(line),
    };
  });
  if (questions.length === 0) throw new QuestionsError(`${file} has no questions.`);
  const ids = new Set(questions.map(({ id }) => id));
  if (ids.size < questions.length) throw new QuestionsError(`${file} has two questions with one id.`);
  const names = [...new Set(questions.map((question) => question.file))];
  const there = await Promise.all(names.map((name) => exists(join(tables, name))));
  const missing = names.filter((_, at) => there[at] === false);
  if (missing.length > 0) throw new QuestionsError(`${tables} has no ${missing.slice(0, 10).join(', ')}.`);
  return questions;
}

/** What the model is asked. */
export function promptOf({ question, constraints, format, file }: Question): string {
  return [
    question,
    ...(constraints === '' ? [] : [`Constraints: ${constraints}`]),
    `The data is in the file ${file}.`,
    ...(format === ''
      ? []
      : [`Keep to this form; the answer ends with these values, each written as @name[value]:\n${format}`]),
  ].join('\n\n');
}

type Line = Readonly<Record<string, unknown>>;

/** `common_answers` has pairs of name and value; `answers` may also be text such as `@name[value]`. */
function answersOf(line: Line): Answers | null {
  const told = line['common_answers'] ?? line['answers'] ?? line['answer'];
  if (isText(told)) return answersIn(told);
  if (!Array.isArray(told)) return null;
  return new Map(
    told.flatMap((one: unknown): [string, string][] => {
      if (isText(one)) return [...answersIn(one)];
      return Array.isArray(one) && one.length === 2 ? [[String(one[0]), String(one[1])]] : [];
    }),
  );
}

async function readLines(file: string): Promise<Line[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new QuestionsError(`${file} cannot be read.`);
  }
  return text.split('\n').flatMap((line, at): Line[] => {
    if (line.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null) return [value as Line];
    } catch {
      // Said below.
    }
    throw new QuestionsError(`Line ${at + 1} of ${file} is no JSON object.`);
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
