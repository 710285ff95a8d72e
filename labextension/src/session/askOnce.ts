import type { RequestName, Requests } from '../../../kernel/src/contract.js';
import type { NotebookSession } from './NotebookSession.js';

type Asked = Pick<NotebookSession, 'request'>;

/** What was asked in this turn of the event loop. */
const asked = new WeakMap<Asked, Map<string, Promise<unknown>>>();

/** Asks the kernel, and the same only once in a turn: views that show the same begin to ask at the same change. */
export function askOnce<Name extends RequestName>(
  session: Asked,
  name: Name,
  params: Requests[Name]['params'],
): Promise<Requests[Name]['result']> {
  const questions = asked.get(session) ?? new Map<string, Promise<unknown>>();
  asked.set(session, questions);
  const question = `${name} ${JSON.stringify(params)}`;
  const answer = questions.get(question) ?? session.request(name, params);
  questions.set(question, answer);
  queueMicrotask(() => questions.delete(question));
  return answer as Promise<Requests[Name]['result']>;
}
