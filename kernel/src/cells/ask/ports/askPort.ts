import type { AskPort } from '../../../agent/ports.js';
import type { CellContext } from '../../context.js';

/** Asks the person where the front end takes input; elsewhere the run goes on with what it assumes. */
export function askPort({ run, request }: CellContext): AskPort {
  return {
    ask: async (question) => (request.allowStdin ? run.input(`${question} `) : null),
  };
}
