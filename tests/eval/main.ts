import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseLeadingOptions } from '../../kernel/src/cells/reading/arguments.js';
import { ASK_OPTIONS } from '../../kernel/src/cells/ask/askOptions.js';
import { askAll } from './askAll.js';
import { labelsBeside, type Question, QuestionsError, readQuestions } from './questions.js';
import { report } from './report.js';
import { addResult, readResults, type Result } from './results.js';

/** Options of `%%ask` that make sense here. */
const PASSED = ['provider', 'model', 'max-steps', 'max-tokens', 'max-usd', 'max-seconds'] as const;

const USAGE = `npm run eval -- --questions FILE --tables DIR [--labels FILE] [--out DIR] [--at-once N] [--limit N]
    [--no-rows] ${PASSED.map((name) => `[--${name} …]`).join(' ')}`;

/** Asks, scores and reports; gives the exit code. Questions that have a result in the folder of results are left out. */
export async function main(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return await evaluate(words, environment, stop.signal);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'QuestionsError' && name !== 'UsageError') throw error;
    console.error(message);
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function evaluate(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const { questions: file, tables, labels, out, atOnce, limit, options } = read(words);
  if (isWithin(tables, file) || isWithin(tables, labels) || isWithin(tables, out))
    throw new QuestionsError(
      `Everything in ${tables} can be read by the model: keep questions, labels and results elsewhere.`,
    );
  const questions = (await readQuestions(file, labels, tables)).slice(0, limit);
  await mkdir(out, { recursive: true });
  const resultsFile = join(out, 'results.jsonl');
  const results = await readResults(resultsFile);
  const home = join(out, 'store');
  await rm(home, { recursive: true, force: true });
  const writeReport = (): Promise<void> => writeFile(join(out, 'report.md'), report(questions, results));
  try {
    await askAll({
      questions,
      environment: {
        WORLDLINE_CASSETTE: join(out, 'turns.json'),
        ...environment,
        WORLDLINE_HOME: home,
        JPY_SESSION_NAME: '',
      },
      tables,
      known: new Map(results),
      atOnce,
      options,
      signal,
      onResult: async (result) => {
        await addResult(resultsFile, result);
        results.set(result.id, result);
        await writeReport();
        console.log(line(result, questions, results));
      },
    });
  } finally {
    await rm(home, { recursive: true, force: true });
    await writeReport();
  }
  console.log(`${relative('.', join(out, 'report.md'))} has the scores.`);
  return signal.aborted ? 130 : 0;
}

function read(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ questions: text, tables: text, labels: text, out: text, 'at-once': text, limit: text },
      'no-rows': { type: 'boolean', default: false },
      ...Object.fromEntries(PASSED.map((name) => [name, text])),
    },
  });
  const { questions, tables, labels, out } = values;
  if (questions === undefined || tables === undefined) throw new QuestionsError(USAGE);
  const file = resolve(questions);
  const passed = PASSED.flatMap((name) => {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? [`--${name} ${JSON.stringify(value)}`] : [];
  });
  const { options } = parseLeadingOptions(
    'eval',
    [...passed, ...(values['no-rows'] ? ['--no-rows'] : [])].join(' '),
    ASK_OPTIONS,
  );
  return {
    questions: file,
    tables: resolve(tables),
    labels: labels === undefined ? labelsBeside(file) : resolve(labels),
    out: resolve(out ?? 'eval-results'),
    atOnce: whole(values['at-once'] ?? '3', '--at-once'),
    limit: values.limit === undefined ? Infinity : whole(values.limit, '--limit'),
    options,
  };
}

function whole(value: string, name: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new QuestionsError(`${name} takes a whole number above zero.`);
  return Number(value);
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !way.startsWith('..');
}

function line(result: Result, questions: readonly Question[], results: ReadonlyMap<string, Result>): string {
  const values = Object.values(result.right);
  const mark = result.state === 'error' ? '✗' : values.every(Boolean) ? '✓' : '–';
  const done = questions.filter(({ id }) => results.has(id)).length;
  const cost = result.usage.cost === null ? '' : ` · $${result.usage.cost.toFixed(4)}`;
  const told = result.state === 'error' ? ` · ${result.answer}` : '';
  return `[${done}/${questions.length}] ${mark} ${result.id} · ${values.filter(Boolean).length}/${values.length} right · ${result.steps.length} steps · ${(result.milliseconds / 1000).toFixed(1)} s${cost}${told}`;
}
