import { MenuSvg, ReactWidget, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Menu } from '@lumino/widgets';
import * as React from 'react';
import type { WorldlineSummary } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { focusBack } from '../shared/focusBack.js';
import { worldlineIcon } from '../shared/icons.js';
import { labelsOf } from '../shared/labelsOf.js';
import type { Services } from '../shared/Services.js';

/** How many worldlines leave the menu short enough for what stands below them. */
const MOST = 15;

/** The active worldline in the notebook's toolbar, with a menu of the others and of what can be done. */
export class WorldlineMenuButton extends ReactWidget {
  #session: NotebookSession | null = null;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly services: Services,
  ) {
    super();
    this.addClass('wl-MenuButton');
    services.sessions.opened.connect(this.#find, this);
    services.sessions.closed.connect(this.#find, this);
    this.#find();
  }

  override dispose(): void {
    this.services.sessions.opened.disconnect(this.#find, this);
    this.services.sessions.closed.disconnect(this.#find, this);
    super.dispose();
  }

  protected override render(): React.ReactElement | null {
    const session = this.#session;
    if (!session) return null;
    const { trans } = this.services;
    this.node.dataset['wlActive'] = session.graph.activeId ?? '';
    return (
      <ToolbarButtonComponent
        icon={worldlineIcon}
        label={session.graph.active?.name ?? '…'}
        tooltip={trans.__('The active worldline: switch, branch, compare')}
        onClick={() => {
          this.#openMenu(session);
        }}
      />
    );
  }

  #refresh(): void {
    this.update();
  }

  #find(): void {
    const session = this.services.sessions.of(this.panel);
    if (session === this.#session) return;
    this.#session = session;
    session?.changed.connect(this.#refresh, this);
    this.setHidden(session === null);
    this.update();
  }

  #openMenu(session: NotebookSession): void {
    const { app, trans } = this.services;
    const menu = new MenuSvg({ commands: app.commands });
    const notebook = session.panel.context.path;
    const own = session.graph.worldlines.filter((each) => !each.earlier);
    const earlier = session.graph.worldlines.filter((each) => each.earlier);
    const addTo = (list: Menu, worldlines: readonly WorldlineSummary[]) => {
      const labels = labelsOf(worldlines);
      worldlines.forEach(({ id }, at) => {
        const label = labels[at] ?? id;
        list.addItem({ command: CommandIds.switch, args: { notebook, worldline: id, label } });
      });
    };
    const addBelow = (label: string, worldlines: readonly WorldlineSummary[]) => {
      if (worldlines.length === 0) return;
      const submenu = new MenuSvg({ commands: app.commands });
      submenu.title.label = label;
      addTo(submenu, worldlines);
      menu.addItem({ type: 'submenu', submenu });
    };
    addTo(menu, own.slice(0, MOST));
    addBelow(trans.__('More Worldlines'), own.slice(MOST));
    addBelow(trans.__('Earlier Sessions'), earlier);
    menu.addItem({ type: 'separator' });
    for (const command of [
      CommandIds.branchFromCell,
      CommandIds.undo,
      CommandIds.rename,
      CommandIds.compare,
      CommandIds.export,
    ]) {
      menu.addItem({ command, args: { notebook } });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIds.showPanel, args: { notebook } });
    menu.aboutToClose.connect(() => {
      // The chosen command runs after the menu has closed, so the menu goes a turn later.
      requestAnimationFrame(() => {
        menu.dispose();
      });
    });
    const { left, bottom } = this.node.getBoundingClientRect();
    focusBack(menu);
    menu.open(left, bottom);
  }
}
