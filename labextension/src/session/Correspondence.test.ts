import { describe, expect, test } from '@jest/globals';
import type { KernelEvent, ToKernel } from '../../../kernel/src/contract.js';
import { ConnectionLost, Correspondence, KernelRefusal } from './Correspondence.js';

function open() {
  const sent: ToKernel[] = [];
  const events: KernelEvent[] = [];
  let hellos = 0;
  const correspondence = new Correspondence((message) => sent.push(message), {
    hello: () => hellos++,
    event: (event) => events.push(event),
  });
  return { sent, events, correspondence, hellos: () => hellos };
}

describe('a correspondence with the kernel', () => {
  test('answers go to the request that asked, in any order', async () => {
    const { sent, correspondence } = open();
    const first = correspondence.request('tables', {});
    const second = correspondence.request('variables', {});
    const [a, b] = sent;
    correspondence.receive({ type: 'reply', id: b?.id ?? 0, ok: true, result: { variables: [] } });
    correspondence.receive({ type: 'reply', id: a?.id ?? 0, ok: true, result: { tables: [] } });
    expect(await first).toEqual({ tables: [] });
    expect(await second).toEqual({ variables: [] });
  });

  test('a refusal keeps the kernel’s words', async () => {
    const { correspondence } = open();
    const asked = correspondence.request('switch', { worldline: 'nowhere' });
    const error = { name: 'UnknownWorldline', message: 'There is no worldline “nowhere”.' };
    correspondence.receive({ type: 'reply', id: 1, ok: false, error });
    await expect(asked).rejects.toEqual(new KernelRefusal(error.name, error.message));
  });

  test('closing rejects what is open and what comes after', async () => {
    const { correspondence } = open();
    const asked = correspondence.request('tables', {});
    correspondence.close();
    await expect(asked).rejects.toBeInstanceOf(ConnectionLost);
    await expect(correspondence.request('tables', {})).rejects.toBeInstanceOf(ConnectionLost);
  });

  test('events and unknown replies do not disturb', () => {
    const { correspondence, events } = open();
    correspondence.receive({ type: 'event', event: { kind: 'data' } });
    correspondence.receive({ type: 'reply', id: 99, ok: true, result: {} });
    expect(events).toEqual([{ kind: 'data' }]);
  });
});
