/** The page of benchmarks, from what the benches printed. */
import { REASONS } from './reasons.mjs';

const HEAD = `# Benchmarks

Written by \`npm run bench\`: medians, with the quartiles in brackets. Peers run in turns with ours in the same run: ratios say
more than times, which depend on the machine. Goals are the project's own; a line that misses its goal says so.

![Ours as a share of the peer's, for each line with a peer](images/benchmarks.svg)`;

/**
 * @param {Record<string, string>} titles
 * @param {Record<string, { command: string, machine: string, tables: readonly import('./measure.mjs').Table[] }>} results
 */
export function page(titles, results) {
  const sections = Object.entries(titles).flatMap(([name, title]) =>
    results[name] === undefined ? [] : [section(title, results[name], REASONS[name] ?? [])],
  );
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

function section(title, { command, machine, tables }, reasons) {
  return [
    `## ${title}`,
    `\`${command}\`, on ${machine}.`,
    ...tables.map((table) => tableText(table, reasons)),
  ].join('\n\n');
}

function tableText({ title, lines }, reasons) {
  const rows = [
    ['what', 'ours', 'peer', 'ratio', 'goal', 'met'],
    Array(6).fill('---'),
    ...lines.map((line) => [
      line.what,
      sampleText(line.ours, line.unit),
      line.peer === undefined ? '–' : `${line.beside}: ${sampleText(line.peer, line.unit)}`,
      line.peer === undefined ? '–' : ratioText(line),
      goalText(line),
      line.goal === undefined ? '–' : isMet(line) ? 'yes' : '**no**',
    ]),
  ];
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const why = lines
    .filter((line) => line.goal !== undefined && !isMet(line))
    .flatMap((line) =>
      reasons.filter(({ what, of = '' }) => what === line.what && (title ?? '').includes(of)),
    )
    .map(({ what, why: reason }) => `- Missed by _${what}_: ${reason}`)
    .join('\n');
  return [title === undefined ? '' : `### ${title}`, table, why].filter(Boolean).join('\n\n');
}

/** @param {import('./measure.mjs').Line} line */
export const ratioOf = ({ ours, peer }) => ours.median / peer.median;

/** @param {import('./measure.mjs').Line} line */
export const ratioText = (line) => number(ratioOf(line));

/** @param {import('./measure.mjs').Line} line */
export function isMet({ ours, peer, goal }) {
  const most = 'most' in goal ? goal.most : goal.ratio * peer.median + (goal.plus ?? 0);
  return ours.median <= most;
}

function goalText({ goal, unit }) {
  if (goal === undefined) return '–';
  if ('most' in goal) return `≤ ${number(goal.most)} ${unit}`;
  return `≤ ${number(goal.ratio)} ×${goal.plus === undefined ? '' : ` + ${number(goal.plus)} ${unit}`}`;
}

export function sampleText({ median, low, high, rounds }, unit) {
  const spread = rounds < 3 ? '' : ` (${number(low)}–${number(high)})`;
  return `${number(median)} ${unit}${spread}`;
}

function number(value) {
  return value.toLocaleString(
    'en-US',
    Math.abs(value) < 1000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}
