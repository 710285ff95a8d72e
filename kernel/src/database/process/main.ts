import { isTyped, toWire } from '../errors.js';
import { Cancel } from './cancel.js';
import { Engine } from './engine.js';
import { databaseError } from './failure.js';
import type { FromProcess, ToProcess } from './protocol.js';

/** The database process: answers the kernel's calls over the channel that it was started with, and ends with it. */
const engine = new Engine();
const running = new Map<number, Cancel>();

function send(message: FromProcess): void {
  if (process.connected) process.send?.(engine.redact(message));
}

/** What the driver throws outside of a statement, such as on opening a file that another process holds. */
function typed(error: unknown): unknown {
  return isTyped(error) ? error : databaseError(error, '', { sql: '', start: 0, tokens: [] });
}

async function answer(message: Extract<ToProcess, { type: 'call' }>): Promise<void> {
  const cancel = new Cancel();
  running.set(message.id, cancel);
  try {
    const result = await engine.call(message.call, message.params, cancel, (event) => {
      send({ type: 'event', id: message.id, event });
    });
    send({ type: 'reply', id: message.id, ok: true, result });
  } catch (error) {
    send({ type: 'reply', id: message.id, ok: false, error: toWire(typed(error)) });
  } finally {
    cancel.end();
    running.delete(message.id);
  }
}

process.on('message', (message: ToProcess) => {
  switch (message.type) {
    case 'call':
      void answer(message);
      break;
    case 'interrupt':
      running.get(message.id)?.interrupt();
      break;
    case 'hold':
      engine.hold();
      break;
    case 'unhold':
      engine.unhold();
      break;
  }
});
// A statement that ignores interrupts would hold up an ordinary exit for as long as it runs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The kernel decides what an interrupt from the terminal means.
process.on('SIGINT', () => undefined);
