import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import type { ConnectionOptions } from '../support/connection.js';
import { makeHeader, pack } from '../support/messages.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();

/** Resolves when the other side has ended the connection. */
async function refusal(socket: zmq.Socket): Promise<void> {
  for (;;) {
    const { type } = await socket.events.receive();
    if (type === 'disconnect' || type.startsWith('handshake:error')) return;
  }
}

const ways: [string, ConnectionOptions][] = [
  ['tcp', { transport: 'tcp' }],
  ['ipc', { transport: 'ipc' }],
  ['tcp without a signing key', { key: '' }],
  ['tcp with CurveZMQ', { curve: true }],
  ['ipc with CurveZMQ', { transport: 'ipc', curve: true }],
];

test.each(ways)('%s: cells, questions, comms, heartbeat and shutdown work', (_name, options) =>
  withKernel(async (kernel) => {
    const { stdout } = await kernel.execute('ask name', { answer: () => 'Ada' });
    expect(stdout).toBe('you said Ada\n');
    const comm = await kernel.openComm('echo');
    await comm.send({ n: 1 }, [Buffer.from('bytes')]);
    expect(comm.received.at(-1)?.buffers[0]?.toString()).toBe('bytes');
    expect((await kernel.beat(Buffer.from('beat'))).toString()).toBe('beat');
  }, options),
);

test('a CurveZMQ kernel does not talk to a client without keys', () =>
  withKernel(
    async (kernel) => {
      const plain = new zmq.Dealer({ linger: 0 });
      const refused = refusal(plain);
      plain.connect(kernel.connection.address('shell'));
      const header = makeHeader('kernel_info_request', 'stranger');
      await plain.send(pack(kernel.connection.key, { header, content: {} }));
      await refused;
      expect(plain.readable).toBe(false);
      plain.close();
      expect((await kernel.execute('print on')).stdout).toBe('on\n');
    },
    { curve: true },
  ));

test('a client with a wrong server key gets nowhere', () =>
  withKernel(
    async (kernel) => {
      const own = zmq.curveKeyPair();
      const stranger = new zmq.Dealer({
        linger: 0,
        curveServerKey: zmq.curveKeyPair().publicKey,
        curvePublicKey: own.publicKey,
        curveSecretKey: own.secretKey,
      });
      const refused = refusal(stranger);
      stranger.connect(kernel.connection.address('shell'));
      const header = makeHeader('kernel_info_request', 'stranger');
      await stranger.send(pack(kernel.connection.key, { header, content: {} }));
      await refused;
      expect(stranger.readable).toBe(false);
      stranger.close();
    },
    { curve: true },
  ));
