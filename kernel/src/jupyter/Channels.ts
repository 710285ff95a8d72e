import * as zmq from 'zeromq';
import { type ConnectionInfo, endpoint } from './ConnectionInfo.js';

/** How long a closed socket goes on delivering, and so the longest that an ending process waits, in milliseconds. */
export const LINGER = 3000;
/** The largest frame that is taken in, in bytes: a peer that announces more is disconnected. */
const MAX_FRAME = 2 ** 30;

/** The five bound sockets of a kernel. */
export interface Channels {
  readonly shell: zmq.Router;
  readonly control: zmq.Router;
  readonly stdin: zmq.Router;
  readonly iopub: zmq.XPublisher;
  readonly hb: zmq.Router;
  close(): void;
}

/** Opens and binds all sockets. Throws where an address is taken. */
export function openChannels(info: ConnectionInfo): Channels {
  const options = {
    linger: LINGER,
    // No limit: a message to a slow reader waits instead of getting lost.
    sendHighWaterMark: 0,
    maxMessageSize: MAX_FRAME,
    ...(info.curveSecretKey === null ? {} : { curveServer: true, curveSecretKey: info.curveSecretKey }),
  };
  // A client that comes back under its old identity replaces its former connection.
  const router = { ...options, handover: true };
  const channels = {
    shell: new zmq.Router(router),
    control: new zmq.Router(router),
    // Says when the front end that is asked has not connected yet, instead of losing the question.
    stdin: new zmq.Router({ ...router, mandatory: true }),
    iopub: new zmq.XPublisher({ ...options, verbosity: 'allSubs' }),
    hb: new zmq.Router(options),
  };
  for (const name of ['iopub', 'stdin', 'hb', 'control', 'shell'] as const) {
    channels[name].bindSync(endpoint(info, name));
  }
  const close = () => {
    for (const socket of Object.values(channels)) socket.close();
  };
  return { ...channels, close };
}
