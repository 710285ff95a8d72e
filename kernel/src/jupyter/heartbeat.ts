import { Outbox, type SendingSocket } from './Outbox.js';
import { type ReceivingSocket, receiveAll } from './receiveAll.js';

/** Sends every message back as it came. */
export function heartbeat(socket: SendingSocket & ReceivingSocket): Promise<void> {
  const outbox = new Outbox(socket);
  return receiveAll(socket, (frames) => {
    outbox.send(frames);
  });
}
