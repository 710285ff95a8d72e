import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network of one connection's length: it passes bytes to a server on this machine until it is cut. */
export class Relay {
  readonly #server: Server;
  readonly #target: number | string;
  /** Each socket, and the one that it passes its bytes to. */
  readonly #pairs = new Map<Socket, Socket>();
  #cut = false;
  #silent = false;

  private constructor(target: number | string) {
    this.#target = target;
    this.#server = createServer((near) => {
      this.#join(near);
    });
  }

  /** Takes a port of this machine, or the path of a Unix socket. */
  static async to(target: number | string): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection and refuses new ones. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#pairs.keys()) reset(socket);
  }

  /** Lets connections stand, and passes nothing: what a pulled cable looks like from both ends. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#pairs.keys()) socket.unpipe().pause();
  }

  /** Lets connections through again, and passes what was held back. */
  mend(): void {
    this.#cut = false;
    this.#silent = false;
    for (const [one, other] of this.#pairs) one.unpipe().pipe(other);
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    if (this.#cut) {
      reset(near);
      return;
    }
    const far = typeof this.#target === 'number' ? connect(this.#target, '127.0.0.1') : connect(this.#target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#pairs.set(one, other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#pairs.delete(one);
        other.destroy();
      });
      if (!this.#silent) one.pipe(other);
    }
  }
}

/** A Unix socket knows no reset. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
