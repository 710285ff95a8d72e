import type { ExecuteRequest } from './engine.js';
import type { Fields } from './message.js';
import { BadRequestError, flag, text } from './request.js';

export interface ParsedExecute extends ExecuteRequest {
  readonly stopOnError: boolean;
}

/** Reads an `execute_request`. Throws BadRequestError. */
export function parseExecute(content: Fields, metadata: Fields): ParsedExecute {
  const silent = flag(content, 'silent', false);
  return {
    code: text(content, 'code'),
    silent,
    storeHistory: !silent && flag(content, 'store_history', true),
    allowStdin: flag(content, 'allow_stdin', true),
    stopOnError: flag(content, 'stop_on_error', true),
    userExpressions: userExpressions(content.user_expressions ?? {}),
    deletedCells: Array.isArray(metadata.deletedCells) ? metadata.deletedCells.filter(isText) : [],
    ...(isText(metadata.cellId) ? { cellId: metadata.cellId } : {}),
  };
}

function userExpressions(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isText)) {
    throw new BadRequestError('user_expressions must be an object of texts');
  }
  return value as Record<string, string>;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
