import type { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import type { KernelState } from '../../kernel/src/contract.js';
import { CommandIds } from './commandIds.js';
import type { NotebookSession } from './session/NotebookSession.js';
import { formatCost, formatCount } from './shared/format.js';
import { worldlineIcon } from './shared/icons.js';
import type { Services } from './shared/Services.js';

/** Worldline, model, tokens and cost, and the sandbox of the notebook in front. */
class StatusItem extends ReactWidget {
  #session: NotebookSession | null = null;

  constructor(private readonly services: Services) {
    super();
    this.addClass('wl-StatusItem');
    services.sessions.currentChanged.connect(this.#follow, this);
    this.#follow();
  }

  protected override render(): React.ReactElement | null {
    const session = this.#session;
    const state = session?.graph.state;
    if (!session || !state) return null;
    const { trans, app } = this.services;
    return (
      <button
        className="wl-StatusItem-button"
        title={describe(state, trans)}
        onClick={() => {
          void app.commands.execute(CommandIds.showPanel);
        }}
      >
        <worldlineIcon.react tag="span" height="14px" width="14px" />
        <span>{session.graph.active?.name ?? ''}</span>
        {state.model !== null && <span>{state.model}</span>}
        {tokens(state) > 0 && <span>{trans.__('%1 tokens', formatCount(tokens(state)))}</span>}
        {state.usage.cost !== null && state.usage.cost > 0 && <span>{formatCost(state.usage.cost)}</span>}
        <span className={`wl-Sandbox wl-mod-${state.sandbox}`}>{sandboxName(state.sandbox, trans)}</span>
      </button>
    );
  }

  #refresh(): void {
    this.update();
  }

  #follow(): void {
    this.#session?.changed.disconnect(this.#refresh, this);
    this.#session = this.services.sessions.current;
    this.#session?.changed.connect(this.#refresh, this);
    this.update();
  }
}

export function registerStatusItem(statusBar: IStatusBar, services: Services): void {
  const { sessions } = services;
  const owner = {};
  const activeStateChanged = new Signal<object, undefined>(owner);
  sessions.currentChanged.connect(() => {
    activeStateChanged.emit(undefined);
  });
  statusBar.registerStatusItem('worldline:status', {
    item: new StatusItem(services),
    align: 'left',
    rank: 90,
    isActive: () => sessions.current !== null,
    activeStateChanged,
  });
}

function tokens({ usage }: KernelState): number {
  return usage.inputTokens + usage.outputTokens;
}

function describe(state: KernelState, trans: TranslationBundle): string {
  const { usage } = state;
  return [
    trans.__('Provider: %1', state.provider ?? trans.__('none')),
    trans.__('Model: %1', state.model ?? trans.__('none')),
    trans.__('Tokens in: %1 (%2 from cache)', usage.inputTokens, usage.cachedTokens),
    trans.__('Tokens out: %1 (%2 for reasoning)', usage.outputTokens, usage.reasoningTokens),
    trans.__('Sandbox: %1', sandboxName(state.sandbox, trans)),
  ].join('\n');
}

function sandboxName(sandbox: KernelState['sandbox'], trans: TranslationBundle): string {
  switch (sandbox) {
    case 'none':
      return trans.__('no sandbox yet');
    case 'starting':
      return trans.__('sandbox starting');
    case 'ready':
      return trans.__('sandbox ready');
    case 'running':
      return trans.__('sandbox running');
    case 'reaped':
      return trans.__('sandbox asleep');
    case 'unavailable':
      return trans.__('no sandbox');
  }
}
