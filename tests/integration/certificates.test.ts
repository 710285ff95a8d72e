import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { startModelServer } from '../support/model-server.js';
import { errorOf, shown, withKernel } from './withKernel.js';

/** A certificate for this machine by an authority of its own, made anew. Gives the authority's file. */
function makeCertificate(folder: string): { authority: string; key: Buffer; cert: Buffer } {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem', '-days', '2');
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return { authority: join(folder, 'ca.pem'), key: read('server.key'), cert: read('server.pem') };
}

/** Takes TLS off what is meant for a port of this machine. */
async function startTls(port: number, certificate: { key: Buffer; cert: Buffer }): Promise<Server> {
  const server = createServer(certificate, (client) => {
    const target = connect(port, '127.0.0.1');
    client.pipe(target).pipe(client);
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test.each(['openai', 'gemini'])(
  '%s: a model server whose authority only NODE_EXTRA_CA_CERTS names is asked, and without it the error says so',
  async (provider) => {
    const folder = mkdtempSync(join(tmpdir(), 'worldline-certificates-'));
    const model = await startModelServer({ script: () => ({ text: 'In private.' }) });
    const { authority, ...certificate } = makeCertificate(folder);
    const server = await startTls(Number(new URL(model.url).port), certificate);
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = {
      ...{ OPENAI_BASE_URL: `${url}/v1`, GEMINI_BASE_URL: url, WORLDLINE_MODEL: 'm' },
      ...{ OPENAI_API_KEY: 'test-key-1', GEMINI_API_KEY: 'test-key-1', WORLDLINE_PROVIDER: provider },
    };
    try {
      await withKernel(
        async ({ kernel, restart }) => {
          expect(shown(await kernel.execute('Hello?'))).toContain('In private.');
          const without = await restart({ NODE_EXTRA_CA_CERTS: '' });
          const cell = await without.execute('Hello?');
          expect(errorOf(cell)).toContain('name its file in NODE_EXTRA_CA_CERTS');
          expect(shown(cell)).not.toContain('trying again');
        },
        { env: { ...env, NODE_EXTRA_CA_CERTS: authority } },
      );
    } finally {
      server.close();
      await model.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
