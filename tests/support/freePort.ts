import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any: until a port is listened to, no connection takes it. */
const LOWEST = 10_000;
/** For each of Jest's workers its own. */
const BAND = 4_000;
const BANDS = 5;

const first = LOWEST + ((Number(process.env['JEST_WORKER_ID'] ?? 1) - 1) % BANDS) * BAND;
let offset = randomInt(BAND);

/** A port of this machine that is free, and stays so until whoever is given it listens. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < BAND; tries++) {
    offset = (offset + 1) % BAND;
    // Others may ask meanwhile.
    const port = first + offset;
    if (await isFree(port)) return port;
  }
  throw new Error(`All ports from ${first} to ${first + BAND} are taken.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
