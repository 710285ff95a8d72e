import * as zmq from 'zeromq';
import { Outbox } from '../../kernel/src/jupyter/Outbox.js';
import { receiveAll } from '../../kernel/src/jupyter/receiveAll.js';
import type { Channel, Connection } from './connection.js';

export type SendChannel = 'shell' | 'control' | 'stdin';
export type ReceiveChannel = SendChannel | 'iopub';

/** Milliseconds between two tries to connect: a kernel that starts is found soon. */
const RECONNECT = 10;

/** A front end's ends of a kernel's sockets. */
export class KernelSockets {
  readonly #outboxes: Record<SendChannel, Outbox>;
  readonly #sockets: zmq.Socket[];
  readonly #heart: zmq.Dealer;

  constructor(
    connection: Connection,
    identity: string,
    take: (channel: ReceiveChannel, frames: Buffer[]) => void,
  ) {
    const client = connection.curvePublicKey === null ? null : zmq.curveKeyPair();
    const options = {
      linger: 0,
      reconnectInterval: RECONNECT,
      ...(client === null
        ? {}
        : {
            curveServerKey: connection.curvePublicKey,
            curvePublicKey: client.publicKey,
            curveSecretKey: client.secretKey,
          }),
    };
    const dealer = (channel: Channel) => {
      const socket = new zmq.Dealer({ ...options, routingId: identity });
      socket.connect(connection.address(channel));
      return socket;
    };
    const shell = dealer('shell');
    const control = dealer('control');
    const stdin = dealer('stdin');
    const iopub = new zmq.Subscriber({ ...options, receiveHighWaterMark: 0 });
    iopub.connect(connection.address('iopub'));
    iopub.subscribe();
    this.#heart = dealer('hb');
    this.#sockets = [shell, control, stdin, iopub, this.#heart];
    this.#outboxes = { shell: new Outbox(shell), control: new Outbox(control), stdin: new Outbox(stdin) };
    for (const [channel, socket] of Object.entries({ shell, control, stdin, iopub })) {
      void receiveAll(socket, (frames) => {
        take(channel as ReceiveChannel, frames);
      });
    }
  }

  send(channel: SendChannel, frames: Uint8Array[]): void {
    this.#outboxes[channel].send(frames);
  }

  /** Sends bytes to the heartbeat and gives what comes back. */
  async beat(bytes: Uint8Array): Promise<Buffer> {
    await this.#heart.send([bytes]);
    const [echo] = await this.#heart.receive();
    return echo ?? Buffer.alloc(0);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
