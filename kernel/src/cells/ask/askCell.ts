import { ProviderError } from '../../agent/providers/errors.js';
import type { AgentOutcome, Provider } from '../../agent/types.js';
import { parseLeadingOptions } from '../reading/arguments.js';
import { askInBranches, explorePort } from './askBranches.js';
import { ASK_OPTIONS } from './askOptions.js';
import { approver } from './approval.js';
import { isTextOnly } from '../isTextOnly.js';
import type { CellContext } from '../context.js';
import { CellFailure, InterruptedCell, UserError } from '../errors.js';
import { errorTraceback } from '../../display/errorText.js';
import { languageOf } from './languageOf.js';
import { LiveRun } from './LiveRun.js';
import { askPort } from './ports/askPort.js';
import { providerOfCell } from './provider.js';
import { newId } from '../../worldlines/session/commitCell.js';
import type { AskResult } from '../runCell.js';
import { approvalOf, runQuestion } from './runQuestion.js';
import { workplaceOf } from './Workplace.js';

/** Branches of one cell. */
const MAX_BRANCHES = 8;

export interface AskCell {
  readonly question: string;
  readonly options: ReadonlyMap<string, string | true>;
}

/** Reads `%%ask [options]` with the question on the line or below. Throws a UserError for a wrong option. */
export function readAskCell(rest: string, text: string): AskCell {
  const { options, restAt } = parseLeadingOptions('%%ask', rest, ASK_OPTIONS);
  const question = `${rest.slice(restAt)}\n${text}`.trim();
  if (question === '')
    throw new UserError('UsageError', 'There is no question in this cell.', 'Write it below %%ask.');
  if (Number(options.get('branches') ?? 1) > MAX_BRANCHES)
    throw new UserError('UsageError', `--branches takes at most ${MAX_BRANCHES}.`);
  return { question, options };
}

/** Runs an agent on a question. Its turns come back even where it failed, so that the next cell can go on from them. */
export async function runAskCell(context: CellContext, cell: AskCell): Promise<AskResult> {
  const { kernel, run, runtime, request } = context;
  const { question, options } = cell;
  const providerOf = await providers(context, cell);
  const branches = Number(options.get('branches') ?? 1);
  if (branches > 1)
    return askInBranches(context, question, options, branches, (at) => providerOf(question, at + 1));
  const provider = await providerOf(question, 0);
  const live = new LiveRun(run, {
    provider,
    cell: run.executionCount,
    textOnly: isTextOnly(context),
    steerable: kernel.frontEnds > 0,
    onChange: (info) => {
      kernel.emit({ kind: 'run', run: info });
    },
  });
  kernel.runs.push(live);
  const approval = approvalOf(kernel.settings, options);
  const looked = kernel.looks.take(runtime.place.id);
  const checkpoint = newId();
  const signal = AbortSignal.any([run.signal, live.stopped]);
  const place = await workplaceOf(kernel, runtime, { checkpoint, cellId: request.cellId ?? null, signal });
  const outcome = await runQuestion(kernel, place, {
    before: looked,
    text: question,
    options,
    provider,
    person: {
      approval,
      ...(approval === 'never' ? {} : { approve: approver(context, live) }),
      remarks: () => live.takeRemarks(),
    },
    ask: askPort(context),
    explore: explorePort(context, options, (task, at) => providerOf(task, at + 1)),
    signal,
    onEvent: (event) => {
      live.on(event);
    },
  });
  live.end(outcome);
  kernel.usage.add({ cell: run.executionCount, model: provider.model, usage: outcome.usage });
  kernel.stateChanged();
  const turns = [...looked, ...outcome.turns];
  return { checkpoint, turns, asCells: live.cells, failure: failureOf(outcome) };
}

/** Opens the provider of this cell, and of its branches: a recording tells them apart by their place. */
async function providers(
  { kernel, runtime }: CellContext,
  { options }: AskCell,
): Promise<(source: string, branch: number) => Promise<Provider>> {
  const asked = Object.fromEntries(
    ['provider', 'model'].flatMap((name) => {
      const value = options.get(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  const session = await kernel.session();
  const position = (await session.cells(runtime.place.id)).filter(({ kind }) => kind === 'ask').length;
  const strict = options.has('strict-replay');
  return (source, branch) =>
    providerOfCell(kernel, { source, position: position + branch / 1000 }, asked, strict).catch(
      (error: unknown) => {
        throw orMeantAs(languageOf(source), error);
      },
    );
}

/** Where no model can be asked, a cell that was hardly meant as a question is told how it would run. */
function orMeantAs(language: ReturnType<typeof languageOf>, error: unknown): unknown {
  if (language === null || !(error instanceof ProviderError) || error.kind !== 'no-key') return error;
  const name = { sql: 'SQL', python: 'Python' }[language];
  const hint = `This cell looks like ${name}: write %%${language} on the line above, or %default ${language} once for all cells.`;
  return new ProviderError(error.kind, `${error.message}\n${hint}`);
}

function failureOf({ state, error }: AgentOutcome): Error | null {
  if (state === 'interrupted')
    return new InterruptedCell('The run was interrupted; the conversation goes on from here.');
  if (state !== 'error' || error === undefined) return null;
  const [what = '', ...fix] = error.message.split('\n');
  return new CellFailure(error.name, error.message, errorTraceback(error.name, what, fix.join('\n')));
}
