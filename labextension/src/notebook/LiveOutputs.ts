import type { ICodeCellModel } from '@jupyterlab/cells';
import type * as nbformat from '@jupyterlab/nbformat';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { KernelEvent, RunningOutputs } from '../../../kernel/src/contract.js';
import { ConnectionLost, KernelRefusal } from '../session/Correspondence.js';
import type { KernelLink } from '../session/KernelLink.js';
import type { NotebookSession } from '../session/NotebookSession.js';

/** The view that follows a run in a notebook: what it adds, all views of that notebook show. */
const followers = new WeakMap<object, LiveOutputs>();

/**
 * Shows what a cell publishes that runs already, where this page did not begin it: it was loaded anew meanwhile, or another page
 * runs it.
 */
export class LiveOutputs implements IDisposable {
  #cell: ICodeCellModel | null = null;
  /** Where the displays are that may be updated. */
  readonly #displays = new Map<string, number[]>();
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly ranHere: (cell: string) => boolean,
    /** The cell that was followed has ended. */
    private readonly onEnd: () => void,
    private readonly onFailure: (error: unknown) => void,
  ) {
    session.loaded.connect(this.#onLoaded, this);
    session.link.event.connect(this.#onEvent, this);
    session.link.kernel.iopubMessage.connect(this.#onMessage, this);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.loaded.disconnect(this.#onLoaded, this);
    this.session.link.event.disconnect(this.#onEvent, this);
    this.session.link.kernel.iopubMessage.disconnect(this.#onMessage, this);
    this.#leave();
  }

  #onLoaded(): void {
    if (this.session.graph.state?.busy) this.#ask();
  }

  #onEvent(_: KernelLink, event: KernelEvent): void {
    if (event.kind === 'cell-began' && event.cellId !== null && !this.ranHere(event.cellId)) this.#ask();
    // What came of it is taken from there. A run goes on after its steps.
    else if (event.kind === 'checkpoint' && event.checkpoint.kind !== 'step')
      if (event.checkpoint.cellId === this.#cell?.id) this.#end();
  }

  /** Not awaited: the next message must find the cell followed. */
  #ask(): void {
    this.session.request('running', {}).then(
      ({ running }) => {
        if (running && !this.ranHere(running.cellId)) this.#follow(running);
      },
      (error: unknown) => {
        // A kernel of before this request shows the cell when it has ended.
        if (!(error instanceof ConnectionLost || error instanceof KernelRefusal)) this.onFailure(error);
      },
    );
  }

  #follow({ cellId, source, outputs }: RunningOutputs): void {
    const { model, context } = this.session.panel;
    const other = followers.get(context);
    if (this.#disposed || (other && other !== this)) return;
    const cell = [...(model?.cells ?? [])].find(({ id }) => id === cellId);
    if (cell?.type !== 'code' || cell.sharedModel.getSource() !== source) return;
    followers.set(context, this);
    this.#cell = cell as ICodeCellModel;
    this.#cell.executionState = 'running';
    this.#clear(false);
    for (const { transient, ...output } of outputs) this.#add(output as nbformat.IOutput, idOf(transient));
  }

  #onMessage(_: Kernel.IKernelConnection, message: KernelMessage.IIOPubMessage): void {
    const parent = message.parent_header;
    if (!this.#cell || !('msg_type' in parent) || parent.msg_type !== 'execute_request') return;
    if (this.ranHere(this.#cell.id)) this.#leave();
    else if (KernelMessage.isStatusMsg(message)) {
      if (message.content.execution_state === 'idle') this.#end();
    } else if (KernelMessage.isClearOutputMsg(message)) this.#clear(message.content.wait);
    else if (KernelMessage.isUpdateDisplayDataMsg(message)) {
      const { transient, ...content } = message.content;
      this.#update({ ...content, output_type: 'display_data' }, idOf(transient));
    } else if (isOutput(message)) {
      const { transient, ...content } = message.content as { transient?: unknown };
      this.#add({ ...content, output_type: message.header.msg_type }, idOf(transient));
    }
  }

  #clear(wait: boolean): void {
    this.#cell?.outputs.clear(wait);
    this.#displays.clear();
  }

  #add(output: nbformat.IOutput, display: string | null): void {
    const outputs = this.#cell?.outputs;
    if (!outputs) return;
    outputs.add(output);
    if (display !== null)
      this.#displays.set(display, [...(this.#displays.get(display) ?? []), outputs.length - 1]);
  }

  #update(output: nbformat.IOutput, display: string | null): void {
    for (const at of this.#displays.get(display ?? '') ?? []) this.#cell?.outputs.set(at, output);
  }

  #end(): void {
    if (!this.#cell) return;
    this.#cell.executionState = 'idle';
    this.#leave();
    this.onEnd();
  }

  #leave(): void {
    this.#cell = null;
    const { context } = this.session.panel;
    if (followers.get(context) === this) followers.delete(context);
  }
}

function isOutput(message: KernelMessage.IIOPubMessage): boolean {
  return (
    KernelMessage.isStreamMsg(message) ||
    KernelMessage.isDisplayDataMsg(message) ||
    KernelMessage.isExecuteResultMsg(message) ||
    KernelMessage.isErrorMsg(message)
  );
}

function idOf(transient: unknown): string | null {
  const id = (transient as { readonly display_id?: unknown } | undefined)?.display_id;
  return typeof id === 'string' ? id : null;
}
