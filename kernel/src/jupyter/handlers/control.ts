import { flag } from '../request.js';
import type { Handler } from '../Wire.js';

export const interrupt: Handler = (_request, wire) => {
  wire.interrupt();
  return { content: { status: 'ok' } };
};

export const shutdown: Handler = async (request, wire) => {
  const restart = flag(request.content, 'restart', false);
  await wire.shutdown(restart);
  return { content: { status: 'ok', restart } };
};
