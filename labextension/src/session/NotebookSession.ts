import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { GraphPage, KernelEvent, RequestName, Requests, RunInfo } from '../../../kernel/src/contract.js';
import { messageOf } from '../shared/hooks.js';
import { Graph } from '../worldlines/Graph.js';
import { ConnectionLost } from './Correspondence.js';
import type { Hello, KernelLink } from './KernelLink.js';
import { linkSession } from './linkSession.js';

const PAGE = 1000;

/** One notebook on our kernel: the line to the kernel, what is known of its worldlines, and what runs. */
export class NotebookSession implements IDisposable {
  readonly graph = new Graph();
  readonly #changed = new Signal<this, void>(this);
  readonly #dataChanged = new Signal<this, void>(this);
  readonly #runChanged = new Signal<this, RunInfo | null>(this);
  readonly #loaded = new Signal<this, Hello>(this);
  #selected: string | null = null;
  #run: RunInfo | null = null;
  #failure: string | null = null;
  #disposed = false;

  constructor(
    readonly panel: NotebookPanel,
    readonly link: KernelLink,
  ) {
    link.statusChanged.connect(this.#onStatus, this);
    link.greeted.connect(this.#onHello, this);
    link.event.connect(this.#onEvent, this);
  }

  /** Worldlines, checkpoints, selection, state or connection changed. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }
  /** Tables, variables, files or folders may have changed. */
  get dataChanged(): ISignal<this, void> {
    return this.#dataChanged;
  }
  /** Null where none is known any more: its kernel is gone, or out of reach. */
  get runChanged(): ISignal<this, RunInfo | null> {
    return this.#runChanged;
  }
  /** The graph is complete after a greeting. */
  get loaded(): ISignal<this, Hello> {
    return this.#loaded;
  }
  /** The agent run that goes on, or the last one. */
  get run(): RunInfo | null {
    return this.#run;
  }
  /** Why the graph could not be read, in the kernel's words. */
  get failure(): string | null {
    return this.#failure;
  }
  get isDisposed(): boolean {
    return this.#disposed;
  }

  get selected(): string | null {
    return this.#selected;
  }
  set selected(checkpoint: string | null) {
    if (this.#selected === checkpoint) return;
    this.#selected = checkpoint;
    this.#changed.emit();
  }

  request<Name extends RequestName>(
    name: Name,
    params: Requests[Name]['params'],
  ): Promise<Requests[Name]['result']> {
    return this.link.request(name, params);
  }

  /** Reads the whole graph anew. */
  async reload(): Promise<void> {
    const pages: GraphPage[] = [];
    let known = 0;
    for (;;) {
      const page = await this.request('graph', { offset: known, count: PAGE });
      pages.push(page);
      known += page.checkpoints.length;
      if (page.checkpoints.length === 0 || known >= page.total) break;
    }
    this.graph.load(pages);
    this.#changed.emit();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.link.dispose();
    Signal.clearData(this);
  }

  #onStatus(): void {
    // A kernel that is there again tells of the run that goes on.
    if (this.link.status !== 'ready') this.#setRun(null);
    this.#changed.emit();
  }

  #onHello(_: KernelLink, hello: Hello): void {
    this.#failure = null;
    if (this.link.status === 'ready') {
      this.graph.setState(hello.state);
      void this.#start(hello);
    }
    this.#changed.emit();
  }

  async #start(hello: Hello): Promise<void> {
    try {
      await linkSession(this, hello);
      await this.reload();
    } catch (error) {
      // A lost connection has its own notice, and the kernel is asked anew when it is back.
      if (!(error instanceof ConnectionLost)) this.#failure = messageOf(error);
      this.#changed.emit();
      return;
    }
    if (this.#disposed) return;
    this.#loaded.emit(hello);
    this.#dataChanged.emit();
  }

  #onEvent(_: KernelLink, event: KernelEvent): void {
    if (event.kind === 'run') this.#setRun(event.run);
    if (this.graph.apply(event)) this.#changed.emit();
    if (event.kind === 'data' || event.kind === 'active') this.#dataChanged.emit();
  }

  #setRun(run: RunInfo | null): void {
    this.#run = run;
    this.#runChanged.emit(run);
  }
}
