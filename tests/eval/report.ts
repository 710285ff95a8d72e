import type { Question } from './questions.js';
import type { Result } from './results.js';
import { scoresOf } from './score.js';

/** The results as a page of Markdown. */
export function report(questions: readonly Question[], results: ReadonlyMap<string, Result>): string {
  const ran = questions.flatMap(({ id }) => results.get(id) ?? []);
  const first = ran[0];
  if (first === undefined) return '# Evaluation\n\nNo question has been answered yet.\n';
  const wrong = ran.filter((result) => !isRight(result) && Object.keys(result.right).length > 0);
  return [
    '# Evaluation',
    `${first.provider} · ${first.model} · ${ran.length} of ${questions.length} questions`,
    table(['', ''], summary(ran)),
    ...levels(questions, results),
    '## Questions',
    table(
      ['question', 'right', 'state', 'steps', 'tokens in', 'out', 'cost', 'time'],
      ran.map((result) => [
        result.id,
        mark(result),
        result.state,
        String(result.steps.length),
        String(result.usage.inputTokens),
        String(result.usage.outputTokens),
        cost(result.usage.cost),
        seconds(result.milliseconds),
      ]),
    ),
    ...(wrong.length === 0 ? [] : ['## Not right', ...wrong.map(difference)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function summary(ran: readonly Result[]): string[][] {
  const scores = scoresOf(ran.map(({ right }) => Object.values(right)));
  const total = (of: (result: Result) => number): number => ran.reduce((sum, result) => sum + of(result), 0);
  const middle = (of: (result: Result) => number): number =>
    ran.map(of).sort((a, b) => a - b)[Math.floor(ran.length / 2)] ?? 0;
  const costs = ran.flatMap(({ usage }) => usage.cost ?? []);
  return [
    ['questions with every value right', `${percent(scores.byQuestion)} of ${scores.questions}`],
    ['values right', percent(scores.byValue)],
    ['share of values right, mean over questions', percent(scores.proportional)],
    ['answers without a value that was asked for', String(ran.filter(isMalformed).length)],
    ['partial answers', String(ran.filter(({ state }) => state === 'partial').length)],
    ['failed runs', String(ran.filter(({ state }) => state === 'error').length)],
    ['figures that no result has', String(total(({ unchecked }) => unchecked))],
    [
      'tokens in (cached), out',
      `${total(({ usage }) => usage.inputTokens)} (${total(({ usage }) => usage.cachedTokens)}), ${total(({ usage }) => usage.outputTokens)}`,
    ],
    ['cost', costs.length === 0 ? 'not known' : cost(costs.reduce((a, b) => a + b, 0))],
    ['steps, median', String(middle(({ steps }) => steps.length))],
    ['time, median', seconds(middle(({ milliseconds }) => milliseconds))],
  ];
}

function levels(questions: readonly Question[], results: ReadonlyMap<string, Result>): string[] {
  const names = [...new Set(questions.flatMap(({ level }) => level ?? []))];
  if (names.length === 0) return [];
  const rows = names.map((name) => {
    const ran = questions.filter(({ level }) => level === name).flatMap(({ id }) => results.get(id) ?? []);
    const { questions: count, byQuestion } = scoresOf(ran.map(({ right }) => Object.values(right)));
    return [name, `${percent(byQuestion)} of ${count}`];
  });
  return [table(['level', 'every value right'], rows)];
}

function difference({ id, given, expected, right, answer }: Result): string {
  const rows = Object.entries(expected ?? {})
    .filter(([name]) => right[name] !== true)
    .map(([name, value]) => [name, value, given[name] ?? 'none']);
  const said = answer.length > 600 ? `${answer.slice(0, 600)}…` : answer;
  const quoted = said
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
  return `### ${id}\n\n${table(['value', 'expected', 'given'], rows)}\n\n${quoted}`;
}

const isRight = ({ right }: Result): boolean => Object.values(right).every(Boolean);

const isMalformed = ({ state, given, expected }: Result): boolean =>
  state !== 'error' && Object.keys(expected ?? {}).some((name) => given[name] === undefined);

function mark(result: Result): string {
  const values = Object.values(result.right);
  return values.length === 0 ? '–' : `${values.filter(Boolean).length}/${values.length}`;
}

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
const cost = (dollars: number | null): string => (dollars === null ? '–' : `$${dollars.toFixed(4)}`);
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
