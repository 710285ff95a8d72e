import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { RunInfo } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';

/** Pixels that one line takes. */
const WIDE = 700;
const NARROW = 'wl-mod-narrow';

/** Steers an agent run while it goes on, and offers its steps as cells afterwards. */
export class RunBar extends ReactWidget {
  #run: RunInfo | null = null;
  /** A run is offered as cells only to whom has seen it go on. */
  #seenRunning: string | null = null;

  constructor(
    private readonly session: NotebookSession,
    private readonly services: Services,
  ) {
    super();
    this.addClass('wl-RunBar');
    this.node.tabIndex = -1;
    this.hide();
    session.runChanged.connect(this.#onRun, this);
    services.app.commands.commandExecuted.connect(this.#onCommand, this);
  }

  override dispose(): void {
    this.session.runChanged.disconnect(this.#onRun, this);
    this.services.app.commands.commandExecuted.disconnect(this.#onCommand, this);
    super.dispose();
  }

  /** Beside another notebook there is no room for what waits and what can be done with it on one line. */
  protected override onResize(message: Widget.ResizeMessage): void {
    super.onResize(message);
    const narrow = message.width < WIDE;
    if (message.width < 0 || narrow === this.hasClass(NARROW)) return;
    this.toggleClass(NARROW, narrow);
    this.parent?.fit();
  }

  protected override render(): React.ReactElement | null {
    const run = this.#run;
    if (!run) return null;
    return (
      <KeepFocus node={this.node}>
        {run.state === 'running' ? (
          <Steering run={run} session={this.session} services={this.services} />
        ) : (
          this.#offer(run)
        )}
      </KeepFocus>
    );
  }

  #offer(run: RunInfo): React.ReactElement {
    const { trans, app } = this.services;
    return (
      <>
        <span className="wl-Title">
          {trans._n(
            'The last run took %1 step.',
            'The last run took %1 steps.',
            run.steps.length,
            run.steps.length,
          )}
        </span>
        <button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => {
            this.hide();
            const args = { run: run.run, notebook: this.session.panel.context.path };
            void app.commands.execute(CommandIds.insertSteps, args);
          }}
        >
          {trans.__('Insert steps as cells')}
        </button>
        <button
          className="jp-mod-styled"
          onClick={() => {
            this.#leave();
          }}
        >
          {trans.__('Dismiss')}
        </button>
      </>
    );
  }

  /** However the steps came in, they are not offered again. */
  #onCommand(_: unknown, { id }: { id: string }): void {
    const current = this.services.sessions.current === this.session;
    if (id === CommandIds.insertSteps && current && this.#run?.state !== 'running') this.hide();
  }

  #onRun(_: NotebookSession, run: RunInfo | null): void {
    this.#run = run;
    if (run?.state === 'running') this.#seenRunning = run.run;
    const offers = run?.state === 'running' || run?.steps.some((step) => step.state === 'ok');
    if (run && this.#seenRunning === run.run && offers) this.show();
    else this.#leave();
    this.update();
  }

  /** The focus goes back to the notebook where it was here. */
  #leave(): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.hide();
    if (hadFocus) this.session.panel.content.activate();
  }
}

/** Where a button that has the focus goes away, the bar has the focus next, and Tab leads on from there. */
function KeepFocus({ node, children }: { node: HTMLElement; children: React.ReactNode }) {
  const hadFocus = node.contains(document.activeElement);
  React.useLayoutEffect(() => {
    if (hadFocus && !node.contains(document.activeElement)) node.focus();
  });
  return <>{children}</>;
}

function Steering({
  run,
  session,
  services,
}: {
  run: RunInfo;
  session: NotebookSession;
  services: Services;
}) {
  const { trans, app } = services;
  const [remark, setRemark] = React.useState('');
  const decided = React.useRef<RunInfo | null>(null);
  const step = run.steps.findLast((each) => each.state === 'waiting' || each.state === 'running');
  const send = (command: string, more: { readonly text?: string; readonly step?: string } = {}) => {
    void app.commands.execute(command, { notebook: session.panel.context.path, run: run.run, ...more });
  };
  /** One click decides one step: the second of a double click would decide the next one, unread. */
  const decide = (command: string) => (event: React.MouseEvent) => {
    if (!step || event.detail > 1 || decided.current === run) return;
    if (command !== CommandIds.editStep) decided.current = run;
    send(command, { step: step.id });
  };
  return (
    <>
      <span className="wl-Spinner" aria-hidden="true" />
      <span className="wl-Title" role="status" title={step?.code}>
        {step
          ? describe(step.state === 'waiting', step.tool, step.code, services)
          : trans.__('The model is thinking')}
      </span>
      {step?.state === 'waiting' && (
        <>
          <button className="jp-mod-styled jp-mod-accept" onClick={decide(CommandIds.approveStep)}>
            {trans.__('Approve')}
          </button>
          <button className="jp-mod-styled" onClick={decide(CommandIds.editStep)}>
            {trans.__('Edit…')}
          </button>
          <button className="jp-mod-styled" onClick={decide(CommandIds.skipStep)}>
            {trans.__('Skip')}
          </button>
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (remark.trim() === '') return;
          send(CommandIds.remark, { text: remark.trim() });
          setRemark('');
        }}
      >
        <input
          className="wl-Input"
          value={remark}
          placeholder={trans.__('Say something to the run')}
          aria-label={trans.__('Say something to the run')}
          onKeyDown={(event) => {
            event.stopPropagation();
          }}
          onChange={(event) => {
            setRemark(event.target.value);
          }}
        />
      </form>
      <button
        className="jp-mod-styled jp-mod-warn"
        onClick={() => {
          send(CommandIds.stopRun);
        }}
      >
        {trans.__('Stop')}
      </button>
    </>
  );
}

/** As the cell's steps have them. */
const LANGUAGES: Readonly<Record<string, string>> = { run_sql: 'SQL', run_python: 'Python' };

function describe(waiting: boolean, tool: string, code: string, { trans }: Services): string {
  const line = code.split('\n').find((each) => each.trim() !== '') ?? '';
  const what = LANGUAGES[tool] ?? tool;
  return waiting ? trans.__('Waiting for you: %1: %2', what, line) : trans.__('Running %1: %2', what, line);
}
