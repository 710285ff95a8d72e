import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Relay } from '../trust/Relay.js';
import { errorOf, shown, withKernel } from './withKernel.js';

/** Images of one's own: without anything, without the packages, and without the runner alone. */
const [EMPTY, BARE, OWN] = ['empty', 'bare', 'own'].map((name) => `worldline-test-${name}`) as [
  string,
  string,
  string,
];
const IMAGE = process.env['SANDBOX_IMAGE'] ?? 'worldline-sandbox';
const MINUTES = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'worldline-engines-'));
const inFolder = (name: string): string => join(folder, name);
let socket: string;
let plain: Relay;
let secure: Server;

beforeAll(async () => {
  const host = execFileSync('docker', ['context', 'inspect', '-f', '{{.Endpoints.docker.Host}}'], {
    encoding: 'utf8',
  });
  socket = host.trim().replace('unix://', '');
  makeCertificates();
  const without = `FROM ${IMAGE}\nLABEL worldline.fingerprint=""\nENTRYPOINT []\n`;
  build(EMPTY, 'FROM scratch\nCOPY key.pem /\n');
  build(BARE, `${without}ENV PATH=/usr/local/bin:/usr/bin:/bin\n`);
  build(OWN, without);
  plain = await Relay.to(socket);
  secure = createServer(
    {
      ca: readFileSync(inFolder('ca.pem')),
      cert: readFileSync(inFolder('cert.pem')),
      key: readFileSync(inFolder('key.pem')),
      requestCert: true,
    },
    (near) => {
      const far = connect(socket);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    },
  );
  secure.on('tlsClientError', () => undefined);
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
});
afterAll(async () => {
  await plain.close();
  secure.close();
  execFileSync('docker', ['image', 'rm', EMPTY, BARE, OWN], { stdio: 'ignore' });
  rmSync(folder, { recursive: true });
});

function build(tag: string, dockerfile: string): void {
  execFileSync('docker', ['build', '-t', tag, '-f', '-', folder], {
    input: dockerfile,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

/** One certificate that is its own authority, for server and client alike. */
function makeCertificates(): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=engine'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', inFolder('key.pem'), '-out', inFolder('cert.pem')],
    ],
    { stdio: 'ignore' },
  );
  copyFileSync(inFolder('cert.pem'), inFolder('ca.pem'));
}

/** Docker's settings with a context, as `docker context create` writes it; gives DOCKER_CONFIG. */
function makeContext(name: string, host: string, certificates: readonly string[], current = name): string {
  const config = inFolder(`docker-${name}`);
  const id = createHash('sha256').update(name).digest('hex');
  const [meta, tls] = [join(config, 'contexts/meta', id), join(config, 'contexts/tls', id, 'docker')];
  for (const place of [meta, tls]) mkdirSync(place, { recursive: true });
  writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: current }));
  const endpoints = { docker: { Host: host, SkipTLSVerify: false } };
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: endpoints }));
  for (const file of certificates) copyFileSync(inFolder(file), join(tls, file));
  return config;
}

const secureHost = (): string => `tcp://127.0.0.1:${(secure.address() as AddressInfo).port}`;
const CERTIFICATES = ['ca.pem', 'cert.pem', 'key.pem'];

test(
  'an image of your own with the packages, and without the runner, runs cells',
  () =>
    withKernel(
      async ({ kernel }) => {
        const cell = await kernel.execute('%%python\nimport pandas\nprint(6 * 7)', { timeout: MINUTES });
        expect(cell.stdout).toBe('42\n');
      },
      { env: { SANDBOX_IMAGE: OWN } },
    ),
  MINUTES,
);

const ways: readonly (readonly [string, () => Record<string, string>])[] = [
  ['DOCKER_HOST with tcp', () => ({ DOCKER_HOST: `tcp://127.0.0.1:${plain.port}` })],
  [
    'DOCKER_HOST with certificates',
    () => ({ DOCKER_HOST: secureHost(), DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }),
  ],
  ['the current context', () => ({ DOCKER_CONFIG: makeContext('here', `unix://${socket}`, []) })],
  [
    'DOCKER_CONTEXT with certificates',
    () => ({
      DOCKER_CONFIG: makeContext('pool', secureHost(), CERTIFICATES, 'default'),
      DOCKER_CONTEXT: 'pool',
    }),
  ],
];

test.each(ways)(
  'a cell runs on the engine of %s, and prints as much as it wants',
  async (_way, env) => {
    await withKernel(
      async ({ kernel }) => {
        const cell = await kernel.execute('%%python\nprint("é" * 1_000_000)\nx = input()', {
          timeout: MINUTES,
        });
        expect(cell.stdout).toBe(`${'é'.repeat(1_000_000)}\n`);
        expect(errorOf(cell)).toContain('input() is not available here');
        expect(shown(await kernel.execute('%%sql select 6 * 7 as n'))).toContain('42');
      },
      { env: { DOCKER_HOST: '', ...env() } },
    );
  },
  MINUTES,
);

const problems: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
  [
    'no engine',
    () => ({ DOCKER_HOST: 'unix:///nonexistent.sock' }),
    /^SandboxUnavailable: Docker is not there, or not running: \/nonexistent\.sock\.\nStart it: .*DOCKER_HOST/,
  ],
  [
    'an address of no known kind',
    () => ({ DOCKER_HOST: 'fd://' }),
    /^SandboxUnavailable: DOCKER_HOST=fd:\/\/ cannot be used: its kind of address is not known\.\nIt should be like unix:/,
  ],
  [
    'nothing that listens',
    () => ({ DOCKER_HOST: 'tcp://127.0.0.1:1' }),
    /Docker does not answer at tcp:\/\/127\.0\.0\.1:1\.\nStart it/,
  ],
  [
    'certificates that are not there',
    () => ({ DOCKER_HOST: secureHost(), DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' }),
    /DOCKER_HOST=tcp:.* cannot be used: .*\/nonexistent\/ca\.pem'\.\nIt should be like/,
  ],
  [
    'an authority that is not known',
    () => ({ DOCKER_CONFIG: makeContext('unknown', `https${secureHost().slice(3)}`, []) }),
    /do not agree on certificates \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.\nLook at DOCKER_CERT_PATH/,
  ],
  [
    'a context that is not there',
    () => ({ DOCKER_CONTEXT: 'nowhere' }),
    /There is no Docker context nowhere\.\n`docker context ls` lists them/,
  ],
  [
    'a context without an address',
    () => ({ DOCKER_CONFIG: makeContext('odd', 'what', []) }),
    /The Docker context odd has no address that can be used: “what”\.\nSee `docker context inspect odd`/,
  ],
  [
    'a runtime that is not there',
    () => ({ SANDBOX_RUNTIME: 'nothing' }),
    /^SandboxUnavailable: Docker does not know the runtime nothing; it has .*runc.*\n.*unset SANDBOX_RUNTIME/,
  ],
  ['a limit that cannot be read', () => ({ SANDBOX_MEMORY: 'lots' }), /SANDBOX_MEMORY.*lots/],
  [
    'an image that is not there',
    () => ({ SANDBOX_IMAGE: 'worldline-nothing' }),
    /The image worldline-nothing is not there\.\nBuild or pull it, or unset SANDBOX_IMAGE/,
  ],
  [
    'an image without Python',
    () => ({ SANDBOX_IMAGE: EMPTY }),
    /The image worldline-test-empty has no python3.*\nIt needs Python 3\.11 or later: build it FROM worldline-sandbox/,
  ],
  [
    'an image without the packages',
    () => ({ SANDBOX_IMAGE: BARE }),
    /Python did not start in the image worldline-test-bare: ModuleNotFoundError: No module named '\w+'\.\nAn image of your own is built FROM worldline-sandbox, or has Python 3\.11/,
  ],
];

test.each(problems)(
  'with %s, the cell says what to do, and SQL works',
  async (_what, env, words) => {
    await withKernel(
      async ({ kernel }) => {
        const cell = await kernel.execute('%%python\n1', { timeout: MINUTES });
        expect(errorOf(cell)).toMatch(words);
        expect(shown(await kernel.execute('%doctor'))).toContain('Python sandbox');
        expect(shown(await kernel.execute('%%sql select 6 * 7 as n'))).toContain('42');
      },
      { env: { DOCKER_HOST: '', ...env() } },
    );
  },
  MINUTES,
);
