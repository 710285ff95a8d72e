import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from './Services.js';
import { useKeptScroll } from './useKept.js';

/** A view on the notebook in front. While it is hidden nothing is rendered, so nothing is asked of the kernel. */
export abstract class CurrentSessionWidget extends ReactWidget {
  constructor(protected readonly services: Services) {
    super();
    this.addClass('wl-Section');
    services.sessions.currentChanged.connect(this.#refresh, this);
  }

  protected abstract view(session: NotebookSession): React.ReactElement;

  /** What is shown where the notebook's kernel is gone. */
  protected viewWithoutKernel(): React.ReactElement | null {
    return null;
  }

  protected override render(): React.ReactElement | null {
    if (!this.isVisible) return null;
    const session = this.services.sessions.current;
    const { trans } = this.services;
    if (this.services.sessions.currentIsBereft) return this.viewWithoutKernel();
    return session ? (
      <Scrolled key={session.link.kernel.id} session={session} widget={this}>
        {this.view(session)}
      </Scrolled>
    ) : (
      <p className="wl-Hint">{trans.__('Open a notebook that runs on the Worldline kernel.')}</p>
    );
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }

  #refresh(): void {
    this.update();
  }

  override dispose(): void {
    this.services.sessions.currentChanged.disconnect(this.#refresh, this);
    super.dispose();
  }
}

interface ScrolledProps {
  readonly session: NotebookSession;
  readonly widget: CurrentSessionWidget;
  readonly children: React.ReactNode;
}

function Scrolled({ session, widget, children }: ScrolledProps) {
  useKeptScroll(session, `scroll ${widget.id}`, () => widget.node);
  return <>{children}</>;
}
