import type { FromKernel, KernelState, RequestName, Requests } from '../../contract.js';
import { CONTRACT_VERSION } from '../../contract.js';
import type { Comm, CommHandler } from '../../jupyter/engine.js';
import type { Kernel } from '../Kernel.js';
import { VERSION } from '../kernelInfo.js';
import { withFix } from '../outcome.js';
import { kernelState } from './kernelState.js';
import { REQUESTS } from './requests.js';

/** One front end on the comm: it gets a hello, an answer to each request, and the events as they happen. */
export class FrontEnd implements CommHandler {
  readonly #unsubscribe: (() => void)[] = [];
  #stateDue = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly comm: Comm,
  ) {
    void this.#greet();
  }

  message(data: unknown): void {
    void this.#answer(data);
  }

  closed(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  async #greet(): Promise<void> {
    const session = await this.kernel.session();
    this.#send({
      type: 'hello',
      contract: CONTRACT_VERSION,
      kernel: VERSION,
      session: session.id,
      state: await kernelState(this.kernel),
    });
    this.#unsubscribe.push(
      this.kernel.subscribe((event) => {
        this.#send({ type: 'event', event });
      }),
      this.kernel.onState(() => {
        this.#sendState();
      }),
    );
    this.#sendRun();
  }

  /** A run that waits for a person has nothing more to tell, and could not be steered from a page that opens meanwhile. */
  #sendRun(): void {
    const run = this.kernel.runs.at(-1)?.info;
    if (run?.state === 'running') this.#send({ type: 'event', event: { kind: 'run', run } });
  }

  async #answer(data: unknown): Promise<void> {
    const request = readRequest(data);
    if (request === null) return;
    const { id, name, params } = request;
    try {
      const handle = REQUESTS[name] as (
        kernel: Kernel,
        params: unknown,
      ) => Promise<Requests[RequestName]['result']>;
      this.#send({ type: 'reply', id, ok: true, result: await handle(this.kernel, params) });
    } catch (error) {
      this.#send({ type: 'reply', id, ok: false, error: withFix(error) });
    }
  }

  /** Changes that come together are told once. */
  #sendState(): void {
    if (this.#stateDue) return;
    this.#stateDue = true;
    setImmediate(() => {
      this.#stateDue = false;
      void kernelState(this.kernel).then((state: KernelState) => {
        this.#send({ type: 'event', event: { kind: 'state', state } });
      });
    });
  }

  #send(message: FromKernel): void {
    this.comm.send(message);
  }
}

/** The request in a message; null for what is none. An unknown name is answered with an error. */
function readRequest(data: unknown): { id: number; name: RequestName; params: unknown } | null {
  const { type, id, request, params } = (typeof data === 'object' && data !== null ? data : {}) as Record<
    string,
    unknown
  >;
  if (type !== 'request' || typeof id !== 'number' || typeof request !== 'string') return null;
  const known = Object.hasOwn(REQUESTS, request);
  return { id, name: (known ? request : 'unknown') as RequestName, params: params ?? {} };
}
