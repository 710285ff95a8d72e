#!/usr/bin/env node
/**
 * `npm run trust`: tries what could break trust, prints a table of cases, tries and failures, and writes it into README.md
 * and docs/trust.md where nothing failed. `--quick` leaves out what takes too long for `npm test`, and says so;
 * `--only WORDS` runs the lines whose titles have a word of those; `--yes` asks nothing.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { installSystemPackages } from '../../install/apt.mjs';
import { inProject } from '../../install/paths.mjs';
import { fail, step } from '../../install/report.mjs';
import { foreground } from '../../install/run.mjs';
import { setUpTests } from '../setup.mjs';
import { fetchValidators, validateMessages } from './messages.mjs';
import { intoBlock } from '../support/block.mjs';
import { countTopics, markdown, PAGE, README, ROOT, sum } from './table.mjs';
import { TOPICS } from './topics.mjs';

const REPORT = inProject('test-results', 'trust.json');
const NOTES = inProject('test-results', 'trust-tries.jsonl');
const MESSAGES = inProject('test-results', 'trust-messages.jsonl');
/** Where the suite tries some, this tries so many times as much. */
const MORE = { WORLDLINE_FUZZ: '5', WORLDLINE_KILLS: '100' };

try {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, yes: { type: 'boolean' } },
  });
  process.exitCode = await main({
    quick: values.quick === true,
    only: values.only?.split(/[\s,]+/),
    yes: values.yes === true || Boolean(process.env.CI),
  });
} catch (error) {
  fail(error);
  process.exitCode = 1;
}

async function main({ quick, only, yes }) {
  const env = await setUpTests({ yes });
  if (!quick)
    await step('Clock', async (say) => {
      await installSystemPackages(['libfaketime'], 'The tests of the clock', say, { yes });
      return 'libfaketime';
    });
  if (!quick) await step('Validators of messages', fetchValidators);
  const began = Date.now();
  const report = await jest(env, quick, only);
  const counted = countTopics(report, NOTES, quick);
  if (!quick) counted[0].rows.push(await validateMessages(MESSAGES));
  const topics = counted
    .map(({ title, rows }) => ({ title, rows: rows.filter((row) => row.cases > 0 || only === undefined) }))
    .filter(({ rows }) => rows.length > 0);
  const totals = topics.map(({ title, rows }) => sum(title, rows));
  const total = sum('total', totals);
  for (const { title, rows } of topics) console.log(`\n${markdown(title, rows)}`);
  console.log(`\n${times(report)}`);
  const summary = markdown('', [...totals, total]);
  console.log(`\n${summary}\n\nin ${Math.round((Date.now() - began) / 60_000)} minutes`);
  if (total.failures === 0 && only === undefined) write(summary, topics, quick);
  return total.failures === 0 ? 0 : 1;
}

async function jest(env, quick, only) {
  mkdirSync(inProject('test-results'), { recursive: true });
  for (const file of [REPORT, NOTES, MESSAGES]) rmSync(file, { force: true });
  const lines = TOPICS.flatMap(({ lines }) => lines)
    .filter(({ long }) => !(quick && long))
    .filter(({ title }) => only === undefined || only.some((word) => title.includes(word)));
  const code = await foreground(
    process.execPath,
    [
      inProject('node_modules', 'jest', 'bin', 'jest.js'),
      ...['--json', `--outputFile=${REPORT}`, '--maxWorkers=1', '--workerIdleMemoryLimit=1GB'],
      ...['--testMatch', '**/*.test.ts', '**/*.trust.ts', '--testPathPatterns'],
      ...lines.map(({ files }) => files.source),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...env,
        ...(quick ? {} : { ...MORE, WORLDLINE_MESSAGES: MESSAGES }),
        WORLDLINE_TRIES: NOTES,
        NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
      },
    },
  );
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch (error) {
    throw new Error(`Jest ended with ${code} before its report.`, { cause: error });
  }
}

/** The files that took longest, in seconds. */
function times({ testResults }) {
  return testResults
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1000) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 15)
    .map(({ name, seconds }) => `${String(seconds).padStart(5)} s  ${relative(ROOT, name)}`)
    .join('\n');
}

function write(summary, topics, quick) {
  const memory = Math.round(totalmem() / 1024 ** 3);
  const part = quick ? 'The part that is quick enough for `npm test`' : 'All of it';
  const where = `${part}, on ${process.platform} ${process.arch}, Node ${process.versions.node}, ${cpus().length} cores, ${memory} GB`;
  const detail = topics.map(({ title, rows }) => markdown(title, rows)).join('\n\n');
  for (const [file, text] of [
    [README, quick ? `${summary}\n\n${part}.` : summary],
    [PAGE, `${where}:\n\n${detail}`],
  ])
    writeFileSync(file, intoBlock(readFileSync(file, 'utf8'), 'trust', text));
}
