import { randomUUID } from 'node:crypto';
import { openChannels } from './Channels.js';
import { Comms } from './Comms.js';
import { readConnectionFile } from './ConnectionInfo.js';
import { Dispatcher } from './Dispatcher.js';
import type { Engine, EngineLoader } from './engine.js';
import { ExecuteQueue } from './ExecuteQueue.js';
import { heartbeat } from './heartbeat.js';
import { IoPub } from './IoPub.js';
import { LazyEngine } from './LazyEngine.js';
import { messageOf } from '../messageOf.js';
import { log } from './log.js';
import { decode, Encoder, NO_PARENT } from './message.js';
import { Outbox } from './Outbox.js';
import { receiveAll } from './receiveAll.js';
import { Shutdown } from './Shutdown.js';
import { Signer } from './Signer.js';
import { onSignals } from './signals.js';
import { Stdin } from './Stdin.js';
import type { Wire } from './Wire.js';

/** Milliseconds that a front end has to connect its stdin socket before a question to it counts as lost. */
const STDIN_PATIENCE = 5000;

/**
 * Serves an engine on the addresses of a Jupyter connection file, and resolves when it has been shut down and all is
 * handed to the sockets: the caller should then `leave`. Rejects where the file is not usable or an address is taken.
 */
export async function serveKernel(connectionFile: string, source: Engine | EngineLoader): Promise<void> {
  const connection = readConnectionFile(connectionFile);
  const signer = new Signer(connection.key, connection.hash);
  const encoder = new Encoder(signer, randomUUID());
  const channels = openChannels(connection);
  const shell = new Outbox(channels.shell);
  const control = new Outbox(channels.control);
  const questions = new Outbox(channels.stdin, STDIN_PATIENCE);
  const iopub = new IoPub(channels.iopub, encoder);
  const stdin = new Stdin(questions, encoder);
  const engine = new LazyEngine(source);
  const queue = new ExecuteQueue({
    iopub,
    stdin,
    engine: () => engine.get(),
  });
  const shutdown = new Shutdown(queue, engine);
  const wire: Wire = {
    connection,
    comms: new Comms(iopub),
    info: () => engine.info(),
    engine: () => engine.get(),
    interrupt: () => {
      queue.interrupt();
      engine.interrupt();
    },
    shutdown: (restart) => shutdown.run(restart),
  };
  const dispatcher = new Dispatcher({ signer, encoder, iopub, queue, wire, answered });

  function answered(): void {
    if (shutdown.done) shutdown.end();
    else setImmediate(preload);
  }
  function preload(): void {
    engine.get().catch((error: unknown) => {
      log(`The kernel could not load: ${messageOf(error)}`);
    });
  }

  onSignals({
    interrupt: wire.interrupt,
    end: () => {
      void shutdown.run(false).then(shutdown.end);
    },
  });
  iopub.status('starting', NO_PARENT);
  const loops = [
    receiveAll(channels.shell, (frames) => {
      dispatcher.take(frames, shell);
    }),
    receiveAll(channels.control, (frames) => {
      dispatcher.take(frames, control);
    }),
    receiveAll(channels.stdin, (frames) => {
      stdin.reply(decode(frames, signer));
    }),
    receiveAll(channels.iopub, (frames) => {
      iopub.subscription(frames);
    }),
    heartbeat(channels.hb),
  ];
  await shutdown.ended;
  await Promise.all([shell, control, questions, iopub].map((outbox) => outbox.flushed()));
  channels.close();
  await Promise.all(loops);
}
