import { existsSync, readFileSync } from 'node:fs';
import { inProject, ROOT } from '../../install/paths.mjs';
import { TOPICS } from './topics.mjs';

/**
 * What came of one line: its cases are tests, its tries what they noted, at least one each.
 * @typedef {{ title: string, cases: number, tries: number, failures: number }} Row
 */

/**
 * Counts Jest's report by topic.
 * @param {{ testResults: { name: string, status: string, assertionResults: { fullName: string, status: string }[] }[] }} report
 * @param {string} notes the file in which tests noted their tries
 * @param {boolean} quick
 * @returns {{ title: string, rows: Row[] }[]}
 */
export function countTopics(report, notes, quick) {
  const entries = existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n').filter(Boolean) : [];
  const noted = entries.map((line) => JSON.parse(line));
  const topics = TOPICS.map(({ title, lines }) => ({
    title,
    rows: lines.filter(({ long }) => !(quick && long)).map((line) => count(line, report, noted)),
  })).filter(({ rows }) => rows.length > 0);
  topics[0]?.rows.push(messages(noted));
  return topics;
}

function count({ title, files }, report, noted) {
  const suites = report.testResults.filter(({ name }) => files.test(name));
  const tests = suites.flatMap(({ assertionResults }) => assertionResults);
  const tries = tests.map(({ fullName }) => {
    const notes = noted.filter(({ path, name }) => files.test(path ?? '') && name === fullName);
    return Math.max(
      1,
      notes.reduce((sum, note) => sum + note.count, 0),
    );
  });
  // A file that did not load, and one that was not found, hold no test that could fail; a skipped test proves nothing.
  const broken = suites.filter((it) => it.status === 'failed' && it.assertionResults.length === 0).length;
  const failed = tests.filter(({ status }) => status !== 'passed').length;
  return {
    title,
    cases: tests.length,
    tries: tries.reduce((sum, it) => sum + it, 0),
    failures: failed + broken + (suites.length === 0 ? 1 : 0),
  };
}

/** A message that breaks a rule fails the test that it came in. */
function messages(noted) {
  const totals = new Map();
  for (const { messages: seen = {} } of noted)
    for (const [type, number] of Object.entries(seen)) totals.set(type, (totals.get(type) ?? 0) + number);
  const tries = [...totals.values()].reduce((sum, it) => sum + it, 0);
  return {
    title: 'types of messages, each message held to shape, order, parent and signature',
    cases: totals.size,
    tries,
    failures: 0,
  };
}

/** @param {Row[]} rows */
export function sum(title, rows) {
  const total = (name) => rows.reduce((all, row) => all + row[name], 0);
  return { title, cases: total('cases'), tries: total('tries'), failures: total('failures') };
}

/** A Markdown table, its columns aligned as Prettier does. @param {Row[]} rows */
export function markdown(heading, rows) {
  const number = (value) => value.toLocaleString('en-US');
  const cells = [
    [heading, 'cases', 'tries', 'failures'],
    ...rows.map((row) => [row.title, number(row.cases), number(row.tries), number(row.failures)]),
  ];
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const pad = (text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]));
  const line = (row) => `| ${row.map(pad).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(cells[0]), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n');
}

export const README = inProject('README.md');
export const PAGE = inProject('docs', 'trust.md');
export { ROOT };
