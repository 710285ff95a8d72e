/**
 * Loaded into a kernel ahead of it (`node --import`): adds every message that it sends to the file that WORLDLINE_MESSAGES
 * names, as `tests/trust/messages.py` reads it. So what goes to front ends that are not ours is recorded as well. The
 * kernel's zeromq stands beside it, in one module that it loads first.
 */
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { recorded } from './recorded.mjs';

const DELIMITER = '<IDS|MSG>';
const file = process.env.WORLDLINE_MESSAGES;
const [, main] = process.argv;

// Processes that a kernel forks are started with the same words, and have no sockets.
if (file && main?.endsWith('main.js')) {
  const require = createRequire(main);
  const addon = require.resolve('./zeromq/index.cjs');
  const zeromq = require(addon);
  class Socket extends zeromq.Socket {
    send(frames, ...options) {
      record(frames);
      return super.send(frames, ...options);
    }
  }
  require.cache[addon].exports = Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(zeromq), Socket: { value: Socket, enumerable: true } },
  );
}

/** @param {Uint8Array[]} frames */
function record(frames) {
  const at = frames.findIndex((frame) => Buffer.from(frame).toString() === DELIMITER);
  // The heartbeat's are no messages.
  if (at < 0) return;
  const [header, parent, metadata, content] = frames
    .slice(at + 2, at + 6)
    .map((frame) => JSON.parse(Buffer.from(frame).toString()));
  appendFileSync(file, recorded({ header, parent, metadata, content }));
}
