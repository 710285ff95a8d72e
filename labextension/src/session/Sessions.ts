import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { DisposableSet, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { isWorldlineKernel } from './isWorldlineKernel.js';
import { KernelLink } from './KernelLink.js';
import { NotebookSession } from './NotebookSession.js';

/** The open notebooks that run on our kernel, and which of them is in front. */
export class Sessions {
  readonly #byPanel = new Map<NotebookPanel, NotebookSession>();
  /** Open notebooks that ran on our kernel and have none now, as after a server that was started again. */
  readonly #bereft = new Set<NotebookPanel>();
  readonly #opened = new Signal<this, NotebookSession>(this);
  readonly #closed = new Signal<this, NotebookSession>(this);
  readonly #currentChanged = new Signal<this, NotebookSession | null>(this);
  readonly #presenceChanged = new Signal<this, void>(this);
  #current: NotebookSession | null = null;
  #currentIsBereft = false;

  constructor(private readonly tracker: INotebookTracker) {
    tracker.widgetAdded.connect((_, panel) => {
      this.#watch(panel);
    });
    tracker.forEach((panel) => {
      this.#watch(panel);
    });
    tracker.currentChanged.connect(() => {
      this.#chooseCurrent();
    });
  }

  get opened(): ISignal<this, NotebookSession> {
    return this.#opened;
  }
  get closed(): ISignal<this, NotebookSession> {
    return this.#closed;
  }
  get currentChanged(): ISignal<this, NotebookSession | null> {
    return this.#currentChanged;
  }
  /** The session of the notebook in front; null where that one runs on another kernel, or on none. */
  get current(): NotebookSession | null {
    return this.#current;
  }
  get all(): readonly NotebookSession[] {
    return [...this.#byPanel.values()];
  }
  /** Whether a notebook is open that runs on our kernel, or did until that was gone. */
  get any(): boolean {
    return this.#byPanel.size > 0 || this.#bereft.size > 0;
  }
  /** `any` may be another answer. */
  get presenceChanged(): ISignal<this, void> {
    return this.#presenceChanged;
  }
  /** Whether the notebook in front ran on our kernel and has none now. */
  get currentIsBereft(): boolean {
    return this.#currentIsBereft;
  }

  of(panel: NotebookPanel): NotebookSession | null {
    return this.#byPanel.get(panel) ?? null;
  }

  /** The session of the notebook at a path. */
  at(path: string): NotebookSession | null {
    return this.all.find((session) => session.panel.context.path === path) ?? null;
  }

  /** Gives each notebook, those that are open and those to come, what it has for as long as it is open on our kernel. */
  equip(make: (session: NotebookSession) => readonly IDisposable[]): void {
    const equipped = new Map<NotebookSession, IDisposable>();
    const give = (session: NotebookSession) => {
      equipped.set(session, DisposableSet.from(make(session)));
    };
    this.#opened.connect((_, session) => {
      give(session);
    });
    this.#closed.connect((_, session) => {
      equipped.get(session)?.dispose();
      equipped.delete(session);
    });
    this.all.forEach(give);
  }

  #watch(panel: NotebookPanel): void {
    const onKernel = (context: ISessionContext) => {
      void this.#follow(panel, context);
    };
    panel.sessionContext.kernelChanged.connect(onKernel);
    panel.disposed.connect(() => {
      this.#bereft.delete(panel);
      this.#close(panel);
      this.#presenceChanged.emit();
    });
    void this.#follow(panel, panel.sessionContext);
  }

  async #follow(panel: NotebookPanel, context: ISessionContext): Promise<void> {
    const kernel = context.session?.kernel ?? null;
    const known = this.#byPanel.get(panel);
    if (known && known.link.kernel === kernel) return;
    if (known && !kernel) this.#bereft.add(panel);
    if (known) this.#close(panel);
    if (kernel && (await isWorldlineKernel(kernel))) await this.#open(panel, kernel);
    // Until a new kernel is known to be another one, the notebook is taken to be ours.
    else if (kernel) this.#bereft.delete(panel);
    this.#chooseCurrent();
    this.#presenceChanged.emit();
  }

  async #open(panel: NotebookPanel, kernel: Kernel.IKernelConnection): Promise<void> {
    await panel.context.ready;
    const now = panel.sessionContext.session?.kernel;
    if (panel.isDisposed || now !== kernel || this.#byPanel.has(panel)) return;
    const session = new NotebookSession(panel, new KernelLink(kernel));
    this.#bereft.delete(panel);
    this.#byPanel.set(panel, session);
    this.#opened.emit(session);
  }

  #close(panel: NotebookPanel): void {
    const session = this.#byPanel.get(panel);
    if (!session) return;
    this.#byPanel.delete(panel);
    this.#closed.emit(session);
    session.dispose();
    this.#chooseCurrent();
  }

  #chooseCurrent(): void {
    const panel = this.tracker.currentWidget;
    const session = panel ? this.of(panel) : null;
    const bereft = panel !== null && this.#bereft.has(panel);
    if (session === this.#current && bereft === this.#currentIsBereft) return;
    this.#current = session;
    this.#currentIsBereft = bereft;
    this.#currentChanged.emit(session);
  }
}
