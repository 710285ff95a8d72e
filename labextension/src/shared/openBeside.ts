import { MainAreaWidget } from '@jupyterlab/apputils';
import { UUID } from '@lumino/coreutils';
import type { LabIcon } from '@jupyterlab/ui-components';
import { SplitPanel, TabPanel, type Widget } from '@lumino/widgets';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from './Services.js';

/** What is open beside a notebook, by what it shows, in the order in which it was opened. */
const opened = new WeakMap<NotebookSession, Map<string, Widget>>();

/** The share of the height below which the area below shows too little. */
const LOWEST = 0.25;

export interface Beside {
  /** Says what is shown: it takes the place of the tab that shows the same. */
  readonly key: string;
  readonly label: string;
  readonly caption?: string;
  readonly icon?: LabIcon;
}

/** Opens a tab beside the notebook; further ones join the last instead of halving the room again. */
export function openBeside(
  { app, area }: Services,
  session: NotebookSession,
  content: Widget,
  { key, label, caption, icon }: Beside,
): void {
  const widget = new MainAreaWidget({ content });
  // It would be an empty strip.
  widget.toolbar.hide();
  widget.id = `worldline-${UUID.uuid4()}`;
  widget.title.label = label;
  widget.title.caption = caption ?? label;
  widget.title.icon = icon;
  widget.title.closable = true;
  const onGone = () => {
    widget.dispose();
  };
  session.panel.disposed.connect(onGone);
  const others = opened.get(session) ?? new Map<string, Widget>();
  opened.set(session, others);
  const same = others.get(key);
  widget.disposed.connect(() => {
    session.panel.disposed.disconnect(onGone);
    if (others.get(key) === widget) others.delete(key);
  });
  const last = same ?? [...others.values()].at(-1);
  if (area === 'down') {
    app.shell.add(widget, area);
    app.shell.activateById(widget.id);
    bringToFront(widget);
  } else if (last?.isAttached) app.shell.add(widget, 'main', { mode: 'tab-after', ref: last.id });
  else app.shell.add(widget, 'main', { mode: 'split-right', ref: session.panel.id });
  others.set(key, widget);
  same?.dispose();
}

/** Notebook 7 leaves the tab in front that was there, and the area below as low as a line. */
function bringToFront(widget: Widget): void {
  for (let at = widget.parent; at; at = at.parent) {
    if (at instanceof TabPanel) at.currentWidget = widget;
    else if (at instanceof SplitPanel && at.orientation === 'vertical') {
      if ((at.relativeSizes().at(-1) ?? 1) < LOWEST) at.setRelativeSizes([3, 2]);
    }
  }
}
