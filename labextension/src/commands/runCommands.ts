import { InputDialog } from '@jupyterlab/apputils';
import { CommandIds } from '../commandIds.js';
import type { Requests } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { askText } from './askText.js';
import { text, type Args } from './target.js';

type SteerAction = Requests['steer']['params']['action'];

/** What a person says to an agent run while it goes on. */
export function addRunCommands(services: Services): void {
  const { trans } = services;
  const running = (session: NotebookSession) => session.run?.state === 'running';
  const waitingStep = (session: NotebookSession) =>
    running(session) ? session.run?.steps.find((step) => step.state === 'waiting') : undefined;
  const waiting = (session: NotebookSession) => waitingStep(session) !== undefined;

  const steer = async (
    session: NotebookSession,
    args: Args,
    action: SteerAction,
    said: { readonly text?: string; readonly step?: string },
  ) => {
    const run = text(args, 'run') ?? session.run?.run ?? null;
    if (run !== null) await session.request('steer', { run, action, ...said });
  };
  /** The step that is meant: what its person saw, and not what waits once the kernel hears of it. */
  const meant = (session: NotebookSession, args: Args) => {
    const step = text(args, 'step') ?? waitingStep(session)?.id;
    return step === undefined ? {} : { step };
  };

  const plain: readonly [SteerAction, string, (session: NotebookSession) => boolean, string, string][] = [
    ['stop', CommandIds.stopRun, running, trans.__('Stop the Run'), trans.__('The run was not stopped')],
    [
      'approve',
      CommandIds.approveStep,
      waiting,
      trans.__('Approve the Waiting Step'),
      trans.__('The step was not approved'),
    ],
    [
      'skip',
      CommandIds.skipStep,
      waiting,
      trans.__('Skip the Waiting Step'),
      trans.__('The step was not skipped'),
    ],
  ];
  for (const [action, id, isEnabled, label, failure] of plain) {
    const execute = (session: NotebookSession, args: Args) =>
      steer(session, args, action, action === 'stop' ? {} : meant(session, args));
    addCommand(services, id, { label, isEnabled, failure, execute });
  }
  addCommand(services, CommandIds.editStep, {
    label: trans.__('Edit the Waiting Step…'),
    isEnabled: waiting,
    failure: trans.__('The step was not changed'),
    execute: async (session, args) => {
      const step = meant(session, args);
      const code =
        text(args, 'text') ??
        (await askText(trans.__('Run this instead'), waitingStep(session)?.code ?? '', trans));
      if (code) await steer(session, args, 'edit', { ...step, text: code });
    },
  });
  addCommand(services, CommandIds.remark, {
    label: trans.__('Say Something to the Run…'),
    isEnabled: running,
    failure: trans.__('The remark did not reach the run'),
    execute: async (session, args) => {
      const words =
        text(args, 'text') ?? (await InputDialog.getText({ title: trans.__('To the run') })).value;
      if (words) await steer(session, args, 'remark', { text: words });
    },
  });
}
