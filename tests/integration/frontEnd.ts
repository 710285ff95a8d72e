import type { Requests } from '../../kernel/src/contract.js';
import type { KernelClient } from '../support/KernelClient.js';

/** A front end on the comm: asks, and gets the result or the error's message. */
export async function frontEnd(kernel: KernelClient): Promise<{
  hello: Record<string, unknown>;
  events: () => Record<string, unknown>[];
  ask: <Name extends keyof Requests>(
    request: Name,
    params: Requests[Name]['params'],
  ) => Promise<Requests[Name]['result']>;
}> {
  const comm = await kernel.openComm('worldline');
  const hello = await comm.wait((data) => data['type'] === 'hello');
  let last = 0;
  return {
    hello,
    events: () =>
      comm.received
        .map(({ content }) => content['data'] as Record<string, unknown>)
        .filter(({ type }) => type === 'event')
        .map(({ event }) => event as Record<string, unknown>),
    ask: async (request, params) => {
      const id = ++last;
      await comm.send({ type: 'request', id, request, params });
      const reply = await comm.wait((data) => data['type'] === 'reply' && data['id'] === id);
      if (reply['ok'] !== true) throw new Error((reply['error'] as { message: string }).message);
      return reply['result'] as never;
    },
  };
}
