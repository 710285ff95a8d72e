import { expect, test } from '@jest/globals';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();
const open = async (kernel: Parameters<Parameters<typeof withKernel>[0]>[0], target?: string) => {
  const { reply } = await kernel.request(
    'comm_info_request',
    target === undefined ? {} : { target_name: target },
  );
  return reply.content;
};

test('open, talk with buffers, list, close', () =>
  withKernel(async (kernel) => {
    const comm = await kernel.openComm('echo', { name: 'x' });
    expect(await comm.wait()).toEqual({ hello: { name: 'x' } });
    await comm.send({ n: 1 }, [Buffer.from([0, 255, 1]), Buffer.alloc(70_000, 5)]);
    expect(await comm.wait((data) => 'echo' in data)).toEqual({ echo: { n: 1 }, sizes: [3, 70_000] });
    const [first, second] = comm.received.at(-1)?.buffers ?? [];
    expect(first).toEqual(Buffer.from([0, 255, 1]));
    expect(second?.equals(Buffer.alloc(70_000, 5))).toBe(true);
    expect(await open(kernel)).toEqual({ status: 'ok', comms: { [comm.id]: { target_name: 'echo' } } });
    expect(await open(kernel, 'other')).toEqual({ status: 'ok', comms: {} });
    await comm.close();
    expect(await open(kernel)).toEqual({ status: 'ok', comms: {} });
  }));

test('what a handler sends at once names the request that it answers', () =>
  withKernel(async (kernel) => {
    const comm = await kernel.openComm('echo');
    await comm.send({ n: 1 });
    expect(comm.received.map((message) => message.parent.msg_type)).toEqual(['comm_open', 'comm_msg']);
  }));

test.each(['nobody', 'broken'])('a comm on the target %s is closed', (target) =>
  withKernel(async (kernel) => {
    const comm = await kernel.openComm(target);
    expect(comm.closed).toBe(true);
    expect(await open(kernel)).toEqual({ status: 'ok', comms: {} });
  }),
);

test('the kernel can close a comm', () =>
  withKernel(async (kernel) => {
    const comm = await kernel.openComm('echo');
    await comm.send({ close: true });
    expect(comm.closed).toBe(true);
    await comm.send({ n: 1 });
    expect(comm.received).toHaveLength(1);
  }));

test('messages for no comm, and opens without an id or with one in use, are dropped', () =>
  withKernel(async (kernel) => {
    await kernel.request('comm_msg', { comm_id: 'none', data: {} });
    await kernel.request('comm_msg', {});
    await kernel.request('comm_close', { comm_id: 4 });
    await kernel.request('comm_open', { target_name: 'echo' });
    const comm = await kernel.openComm('echo');
    await kernel.request('comm_open', { comm_id: comm.id, target_name: 'nobody', data: {} });
    expect(comm.closed).toBe(false);
  }));
