import type { IDisposable } from '@lumino/disposable';
import type { Settings } from '../settings.js';
import { messageOf } from '../shared/hooks.js';
import { ConnectionLost } from './Correspondence.js';
import type { NotebookSession } from './NotebookSession.js';

/** Gives the user's settings to a notebook's kernel: when it says hello, and whenever they change. */
export class KernelSettings implements IDisposable {
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly settings: Settings,
    /** Told why the kernel refuses them; null once it takes them. */
    private readonly onAnswer: (refusal: string | null) => void,
  ) {
    session.link.greeted.connect(this.#send, this);
    settings.changed.connect(this.#send, this);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.link.greeted.disconnect(this.#send, this);
    this.settings.changed.disconnect(this.#send, this);
  }

  #send(): void {
    if (this.session.link.status !== 'ready') return;
    this.session.request('configure', { settings: this.settings.forKernel }).then(
      () => {
        this.onAnswer(null);
      },
      (error: unknown) => {
        // A kernel that comes back is given them anew.
        if (!(error instanceof ConnectionLost)) this.onAnswer(messageOf(error));
      },
    );
  }
}
