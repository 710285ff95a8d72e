import { SidePanel } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { AccordionPanel, type Widget } from '@lumino/widgets';
import { focusBack } from '../shared/focusBack.js';
import { worldlineIcon } from '../shared/icons.js';
import type { Services } from '../shared/Services.js';
import { fitSections } from './fitSections.js';

export const SIDEBAR_ID = 'worldline-sidebar';

class Sidebar extends SidePanel {
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.widgets[0]?.activate();
  }
}

/** The sidebar with all sections. It stands in the shell only while a notebook of ours is open, its kernel gone or not. */
export function createSidebar(services: Services, sections: readonly Widget[]): SidePanel {
  const panel = new Sidebar();
  panel.id = SIDEBAR_ID;
  panel.title.icon = worldlineIcon;
  panel.title.caption = services.trans.__('Worldlines');
  panel.addClass('wl-Sidebar');
  for (const section of sections) panel.addWidget(section);
  if (panel.content instanceof AccordionPanel) fitSections(panel.content);
  panel.node.setAttribute('role', 'region');
  panel.node.setAttribute('aria-label', services.trans.__('Worldlines'));
  const { sessions, app } = services;
  panel.node.addEventListener('contextmenu', () => {
    focusBack(app.contextMenu.menu);
  });
  const place = () => {
    const wanted = sessions.any;
    if (wanted && !panel.isAttached) app.shell.add(panel, 'left', { rank: 350, type: 'Worldlines' });
    else if (!wanted && panel.isAttached) panel.parent = null;
  };
  sessions.presenceChanged.connect(place);
  place();
  return panel;
}
