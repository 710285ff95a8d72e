import { randomUUID } from 'node:crypto';
import type { KernelClient } from './KernelClient.js';
import type { Json, Message } from './messages.js';

/** A front end's end of a comm. */
export class CommClient {
  readonly id = randomUUID();
  readonly target: string;
  readonly #client: KernelClient;

  constructor(client: KernelClient, target: string) {
    this.#client = client;
    this.target = target;
  }

  /** What the kernel has sent on this comm so far. */
  get received(): Message[] {
    return this.#client.broadcasts.filter(
      (message) => message.type === 'comm_msg' && message.content.comm_id === this.id,
    );
  }

  /** Whether the kernel has closed it. */
  get closed(): boolean {
    return this.#client.broadcasts.some(
      (message) => message.type === 'comm_close' && message.content.comm_id === this.id,
    );
  }

  /** Resolves when the kernel has handled it. */
  async send(data: object, buffers: readonly Uint8Array[] = []): Promise<void> {
    await this.#client.request('comm_msg', { comm_id: this.id, data }, { buffers });
  }

  /** The data of the first message on this comm that fits, already received or still to come. */
  async wait(fits: (data: Json) => boolean = () => true, timeout?: number): Promise<Json> {
    const dataOf = (message: Message) => message.content.data as Json;
    const known = this.received.find((message) => fits(dataOf(message)));
    if (known) return dataOf(known);
    const mine = (message: Message) =>
      message.type === 'comm_msg' && message.content.comm_id === this.id && fits(dataOf(message));
    return dataOf(await this.#client.next(mine, timeout));
  }

  async close(): Promise<void> {
    await this.#client.request('comm_close', { comm_id: this.id, data: {} });
  }
}
