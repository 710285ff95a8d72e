import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import {
  COMM_TARGET,
  CONTRACT_VERSION,
  type FromKernel,
  type KernelEvent,
  type RequestName,
  type Requests,
} from '../../../kernel/src/contract.js';
import { ConnectionLost, Correspondence } from './Correspondence.js';

export type Hello = Extract<FromKernel, { type: 'hello' }>;
export type LinkStatus = 'connecting' | 'ready' | 'lost' | 'incompatible';

/** The open line to one kernel. It opens itself again after a restart and after a lost connection. */
export class KernelLink implements IDisposable {
  readonly #statusChanged = new Signal<this, LinkStatus>(this);
  readonly #greeted = new Signal<this, Hello>(this);
  readonly #event = new Signal<this, KernelEvent>(this);
  #comm: Kernel.IComm | null = null;
  #correspondence: Correspondence | null = null;
  #status: LinkStatus = 'connecting';
  #hello: Hello | null = null;
  #disposed = false;
  /** The kernel closed the comm itself; asking again before it restarts would go on for ever. */
  #refused = false;

  constructor(readonly kernel: Kernel.IKernelConnection) {
    kernel.statusChanged.connect(this.#onKernel, this);
    kernel.connectionStatusChanged.connect(this.#onConnection, this);
    kernel.disposed.connect(this.#onKernelGone, this);
    this.#open();
  }

  get statusChanged(): ISignal<this, LinkStatus> {
    return this.#statusChanged;
  }
  /** Emitted each time the kernel introduces itself: at first, and after every restart. */
  get greeted(): ISignal<this, Hello> {
    return this.#greeted;
  }
  get event(): ISignal<this, KernelEvent> {
    return this.#event;
  }
  get status(): LinkStatus {
    return this.#status;
  }
  get hello(): Hello | null {
    return this.#hello;
  }
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Rejects with KernelRefusal when the kernel says no, and with ConnectionLost when it went away. */
  request<Name extends RequestName>(
    name: Name,
    params: Requests[Name]['params'],
  ): Promise<Requests[Name]['result']> {
    return this.#correspondence?.request(name, params) ?? Promise.reject(new ConnectionLost());
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const comm = this.#comm;
    if (comm && !comm.isDisposed && !this.kernel.isDisposed && this.kernel.connectionStatus === 'connected') {
      comm.close();
    }
    this.#drop('lost');
    Signal.clearData(this);
  }

  #open(): void {
    if (this.#disposed || this.kernel.isDisposed || !this.kernel.handleComms) return;
    this.#drop('connecting');
    const comm = this.kernel.createComm(COMM_TARGET);
    const correspondence = new Correspondence(
      (message) => {
        comm.send(message as unknown as JSONObject);
      },
      {
        hello: (hello) => {
          this.#greet(hello);
        },
        event: (event) => {
          // What another version means by its events is not known.
          if (this.#status === 'ready') this.#event.emit(event);
        },
      },
    );
    comm.onMsg = (message) => {
      correspondence.receive(message.content.data as unknown as FromKernel);
    };
    comm.onClose = () => {
      if (this.#comm !== comm) return;
      this.#refused = true;
      this.#drop('lost');
    };
    this.#comm = comm;
    this.#correspondence = correspondence;
    comm.open({ contract: CONTRACT_VERSION });
  }

  #greet(hello: Hello): void {
    this.#hello = hello;
    this.#setStatus(hello.contract === CONTRACT_VERSION ? 'ready' : 'incompatible');
    this.#greeted.emit(hello);
  }

  #drop(status: LinkStatus): void {
    const comm = this.#comm;
    const correspondence = this.#correspondence;
    this.#comm = null;
    this.#correspondence = null;
    // A kernel that was quicker to come back than the news of its restart would tell everything to this one as well.
    comm?.dispose();
    correspondence?.close();
    this.#setStatus(status);
  }

  #setStatus(status: LinkStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#statusChanged.emit(status);
  }

  #onKernelGone(): void {
    this.dispose();
  }

  #onKernel(_: Kernel.IKernelConnection, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this.#refused = false;
      this.#drop('lost');
    } else if (status === 'idle' && !this.#comm && !this.#refused) this.#open();
  }

  #onConnection(_: Kernel.IKernelConnection, status: Kernel.ConnectionStatus): void {
    if (status !== 'connected') this.#drop('lost');
    else if (!this.#comm) this.#open();
  }
}
