import { log, messageOf } from './log.js';

/** The part of a ZeroMQ socket that receives. */
export interface ReceivingSocket {
  readonly closed: boolean;
  receive(): Promise<Buffer[]>;
}

/** The one receive loop of a socket: hands over each message until the socket closes. What `take` throws is logged. */
export async function receiveAll(socket: ReceivingSocket, take: (frames: Buffer[]) => void): Promise<void> {
  while (!socket.closed) {
    let frames: Buffer[];
    try {
      frames = await socket.receive();
    } catch (error) {
      // Closing a socket ends its receive with an error.
      if (!socket.closed) log(`Receiving failed: ${messageOf(error)}`);
      continue;
    }
    try {
      take(frames);
    } catch (error) {
      log(`A message was dropped: ${messageOf(error)}`);
    }
  }
}
