import type { HistoryRequest } from '../engine.js';
import type { Fields } from '../message.js';
import { BadRequestError, flag, integer, text } from '../request.js';
import type { Handler } from '../Wire.js';

/** Entries given where a client names no number. */
const DEFAULT_COUNT = 1000;

export const history: Handler = async (request, wire) => {
  const query = historyRequest(request.content);
  const engine = await wire.engine();
  return { content: { status: 'ok', history: await engine.history(query) } };
};

function historyRequest(content: Fields): HistoryRequest {
  const access = text(content, 'hist_access_type');
  const output = flag(content, 'output', false);
  const n = Math.max(0, integer(content, 'n', DEFAULT_COUNT));
  switch (access) {
    case 'tail':
      return { access, n, output };
    case 'range':
      return {
        access,
        session: integer(content, 'session', 0),
        start: integer(content, 'start', 0),
        stop: integer(content, 'stop', Number.MAX_SAFE_INTEGER),
        output,
      };
    case 'search':
      return {
        access,
        pattern: typeof content.pattern === 'string' ? content.pattern : '*',
        n,
        unique: flag(content, 'unique', false),
        output,
      };
    default:
      throw new BadRequestError('hist_access_type must be tail, range or search');
  }
}
