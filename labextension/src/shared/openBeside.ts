import { MainAreaWidget } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from './Services.js';

const lastOpened = new WeakMap<NotebookSession, Widget>();

export interface Beside {
  readonly label: string;
  readonly caption?: string;
  readonly icon?: LabIcon;
}

/** Opens a tab beside the notebook; further ones join the first instead of halving the room again. */
export function openBeside(
  { app, area }: Services,
  session: NotebookSession,
  content: Widget,
  { label, caption, icon }: Beside,
): void {
  const widget = new MainAreaWidget({ content });
  widget.id = `worldline-${UUID.uuid4()}`;
  widget.title.label = label;
  widget.title.caption = caption ?? label;
  widget.title.icon = icon;
  widget.title.closable = true;
  const onGone = () => {
    widget.dispose();
  };
  session.panel.disposed.connect(onGone);
  widget.disposed.connect(() => {
    session.panel.disposed.disconnect(onGone);
  });
  const last = lastOpened.get(session);
  if (area === 'down') {
    app.shell.add(widget, area);
    app.shell.activateById(widget.id);
  } else if (last?.isAttached) app.shell.add(widget, 'main', { mode: 'tab-after', ref: last.id });
  else app.shell.add(widget, 'main', { mode: 'split-right', ref: session.panel.id });
  lastOpened.set(session, widget);
}
