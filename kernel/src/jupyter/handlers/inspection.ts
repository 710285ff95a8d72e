import { codeAndCursor, integer } from '../request.js';
import type { Handler } from '../Wire.js';

export const inspect: Handler = async (request, wire) => {
  const { code, cursor } = codeAndCursor(request.content);
  const detail = integer(request.content, 'detail_level', 0) > 0 ? 1 : 0;
  const engine = await wire.engine();
  const display = await engine.inspect(code, cursor, detail);
  return {
    content: {
      status: 'ok',
      found: display !== null,
      data: display?.data ?? {},
      metadata: display?.metadata ?? {},
    },
  };
};
