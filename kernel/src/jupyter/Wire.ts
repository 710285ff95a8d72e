import type { Comms } from './Comms.js';
import type { ConnectionInfo } from './ConnectionInfo.js';
import type { Engine, KernelInfo } from './engine.js';
import type { Reply, Request } from './request.js';

/** What the handlers of requests work with. */
export interface Wire {
  readonly connection: ConnectionInfo;
  readonly comms: Comms;
  info(): KernelInfo;
  /** The engine, loaded on first use. */
  engine(): Promise<Engine>;
  /** Stops the running cell. */
  readonly interrupt: () => void;
  /** Ends the kernel once the answer to this request is out. */
  shutdown(restart: boolean): Promise<void>;
}

/** Answers one type of request; null where it has no reply. What it throws becomes an error reply. */
export type Handler = (request: Request, wire: Wire) => Reply | null | Promise<Reply | null>;
