import { messageOf } from '../messageOf.js';
import { log } from './log.js';

/** The part of a ZeroMQ socket that receives. */
export interface ReceivingSocket {
  readonly closed: boolean;
  receive(): Promise<Buffer[]>;
}

/** The one receive loop of a socket: hands over each message until the socket closes. What `take` throws is logged. */
export async function receiveAll(socket: ReceivingSocket, take: (frames: Buffer[]) => void): Promise<void> {
  for (let frames = await next(socket); frames !== null; frames = await next(socket)) {
    try {
      take(frames);
    } catch (error) {
      log(`A message was dropped: ${messageOf(error)}`);
    }
  }
}

/** The next message; null when the socket has closed, which ends a receive with an error. */
async function next(socket: ReceivingSocket): Promise<Buffer[] | null> {
  const isOpen = () => !socket.closed;
  while (isOpen()) {
    try {
      return await socket.receive();
    } catch (error) {
      if (isOpen()) log(`Receiving failed: ${messageOf(error)}`);
    }
  }
  return null;
}
