import { messageOf } from '../../messageOf.js';
import { log } from '../log.js';
import { codeAndCursor, text } from '../request.js';
import type { Handler } from '../Wire.js';

export const complete: Handler = async (request, wire) => {
  const { code, cursor } = codeAndCursor(request.content);
  const engine = await wire.engine();
  const { matches, start, end } = await engine.complete(code, cursor);
  const types = matches.map((match) => ({
    start,
    end,
    text: match.text,
    type: match.type ?? '',
    signature: match.signature ?? '',
  }));
  return {
    content: {
      status: 'ok',
      matches: matches.map((match) => match.text),
      cursor_start: start,
      cursor_end: end,
      metadata: { _jupyter_types_experimental: types },
    },
  };
};

/** Its reply has no error form: what fails is unknown. */
export const isComplete: Handler = async (request, wire) => {
  try {
    const code = text(request.content, 'code');
    const engine = await wire.engine();
    return { content: await engine.isComplete(code) };
  } catch (error) {
    log(`is_complete failed: ${messageOf(error)}`);
    return { content: { status: 'unknown' } };
  }
};
