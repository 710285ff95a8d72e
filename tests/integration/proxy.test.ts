import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { startModelServer } from '../support/model-server.js';
import { errorOf, shown, withKernel } from './withKernel.js';

/** A name that only the proxy knows: what does not go through it reaches nothing. */
const HOST = 'model.invalid';

interface Proxy {
  readonly url: string;
  /** Hosts that it was asked to connect to. */
  readonly asked: readonly string[];
  close(): void;
}

/** A proxy that takes every CONNECT to the port given of this machine. */
async function startProxy(port: number): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test.each(['openai', 'gemini'])(
  '%s is asked through the proxy of the environment, and what NO_PROXY names is not',
  async (provider) => {
    const server = await startModelServer({ script: () => ({ text: 'Through the proxy.' }) });
    const proxy = await startProxy(Number(new URL(server.url).port));
    const env = {
      ...{ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: '', WORLDLINE_PROVIDER: provider },
      ...{ http_proxy: '', https_proxy: '', no_proxy: '' },
      ...{ OPENAI_BASE_URL: `http://${HOST}/v1`, GEMINI_BASE_URL: `http://${HOST}`, WORLDLINE_MODEL: 'm' },
      ...{ OPENAI_API_KEY: 'test-key-1', GEMINI_API_KEY: 'test-key-1' },
    };
    try {
      await withKernel(
        async ({ kernel, restart }) => {
          expect(shown(await kernel.execute('Hello?'))).toContain('Through the proxy.');
          expect(new Set(proxy.asked)).toEqual(new Set([`${HOST}:80`]));
          const asked = proxy.asked.length;
          const direct = await restart({ NO_PROXY: `other.invalid,${HOST}` });
          expect(errorOf(await direct.execute('Hello?'))).toContain('cannot be reached');
          expect(proxy.asked).toHaveLength(asked);
          const local = await restart({ OPENAI_BASE_URL: server.url, GEMINI_BASE_URL: server.geminiUrl });
          expect(shown(await local.execute('Hello?'))).toContain('Through the proxy.');
          expect(proxy.asked).toHaveLength(asked);
        },
        { env },
      );
    } finally {
      proxy.close();
      await server.close();
    }
  },
);
