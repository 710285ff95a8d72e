import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { saved } from '../faults/saved.js';
import { containersOf } from '../support/processes.js';
import { SshServer } from '../support/SshServer.js';
import { errorOf, shown, withKernel } from './withKernel.js';

const MINUTES = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'worldline-ssh-'));
/** One that has Docker, one on which its command is not found, and one whose shell greets. */
const [server, bare, chatty] = [new SshServer(), new SshServer(), new SshServer()];
beforeAll(async () => {
  const path = process.env['PATH'] ?? '';
  await server.start(path);
  await bare.start('/nonexistent');
  await chatty.start(path, ['ForceCommand echo Welcome; $SSH_ORIGINAL_COMMAND']);
});
afterAll(async () => {
  for (const each of [server, bare, chatty]) await each.remove();
  rmSync(folder, { recursive: true });
});

const known = { knows: 'the host', key: 'of ours' } as const;

/** An agent of ssh that has the key: there is no file of it for the client. */
function withAgent(): Record<string, string> {
  const socket = join(folder, 'agent');
  const said = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
  agent = Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]);
  execFileSync('ssh-add', ['-q', server.key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return { ...server.client({ knows: 'the host', key: 'none' }), SSH_AUTH_SOCK: socket };
}
let agent: number | null = null;
afterAll(() => {
  if (agent !== null) process.kill(agent);
});

function context(host: string): string {
  const id = createHash('sha256').update('far').digest('hex');
  const meta = join(folder, 'contexts/meta', id);
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{"currentContext": "far"}');
  writeFileSync(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: 'far', Metadata: {}, Endpoints: { docker: { Host: host } } }),
  );
  return folder;
}

const ways: readonly (readonly [string, () => Record<string, string>])[] = [
  ['a key in a file', () => ({ DOCKER_HOST: server.host, ...server.client(known) })],
  ['a key of an agent', () => ({ DOCKER_HOST: server.host, ...withAgent() })],
  [
    'a context that names a socket, and one connection for all',
    () => ({
      DOCKER_CONFIG: context(`${server.host}/var/run/docker.sock`),
      ...server.client({ ...known, shared: true }),
    }),
  ],
];

test.each(ways)(
  'over ssh, with %s, cells run, print as much as they want, can be interrupted, and leave nothing',
  (_way, env) =>
    withKernel(
      async ({ kernel, restart }) => {
        const cell = await kernel.execute('%%python\nkept = 7\nprint("é" * 1_000_000)', { timeout: MINUTES });
        expect(cell.status === 'ok' ? cell.stdout : errorOf(cell)).toBe(`${'é'.repeat(1_000_000)}\n`);
        const said = kernel.next(
          ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
          MINUTES,
        );
        const running = kernel.execute('%%python\nprint("go", flush=True)\nwhile True: pass');
        await said;
        await kernel.interrupt();
        expect(errorOf(await running)).toContain('KeyboardInterrupt');
        expect((await kernel.execute('%%python\nprint(kept)')).stdout).toBe('7\n');
        expect(shown(await kernel.execute('%doctor'))).toMatch(/Python sandbox.*Docker/);
        await restart();
        expect(containersOf(kernel.process.pid)).toEqual([]);
      },
      { env: { DOCKER_HOST: '', ...env() } },
    ),
  MINUTES,
);

test(
  'over ssh, a connection that is cut in mid-cell costs the cell; the next one has the variables',
  () =>
    withKernel(
      async ({ kernel }) => {
        await kernel.execute('%%python\nkept = [1, 2, 3]', { timeout: MINUTES });
        await saved(kernel, 1);
        const said = kernel.next(
          ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
          MINUTES,
        );
        const running = kernel.execute('%%python\nprint("go", flush=True)\nwhile True: pass');
        await said;
        server.cut();
        expect(errorOf(await running)).toMatch(
          /^SandboxGone: The sandbox went away while the cell ran: the connection to ssh:\/\/.* ended/,
        );
        const next = await kernel.execute('%%python\nprint(kept)', { timeout: MINUTES });
        expect(next.status === 'ok' ? next.stdout : errorOf(next)).toBe('[1, 2, 3]\n');
      },
      { env: { DOCKER_HOST: server.host, ...server.client(known) } },
    ),
  MINUTES,
);

const problems: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
  [
    'a host whose key is not known',
    () => ({ DOCKER_HOST: server.host, ...server.client({ ...known, knows: 'nothing' }) }),
    /The Docker host ssh:\/\/.*@127\.0\.0\.1:\d+ cannot be reached: Host key verification failed\.\nThis machine does not know its key: connect once in a terminal, by `ssh -l \w+ -p \d+ 127\.0\.0\.1`/,
  ],
  [
    'a host that has another key',
    () => ({ DOCKER_HOST: server.host, ...server.client({ ...known, knows: 'another host' }) }),
    /cannot be reached: Host key verification failed\.\nIts key is another than the one that this machine knows\. Ask whoever runs it/,
  ],
  [
    'a key that it does not let in',
    () => ({ DOCKER_HOST: server.host, ...server.client({ ...known, key: 'of nobody' }) }),
    /Permission denied \(publickey\)\.\nA kernel cannot be asked for a password: .*ssh-copy-id .*ssh-add/,
  ],
  [
    'no docker over there',
    () => ({ DOCKER_HOST: bare.host, ...bare.client(known) }),
    /docker: .*not found\.\nInstall Docker there/,
  ],
  [
    'no engine over there',
    () => ({ DOCKER_HOST: `${server.host}/nonexistent.sock`, ...server.client(known) }),
    /dial unix \/nonexistent\.sock: .*\nStart Docker there, or put the socket that it listens on behind the host/,
  ],
  [
    'a shell that greets',
    () => ({ DOCKER_HOST: chatty.host, ...chatty.client(known) }),
    /says something else before it gives the word to Docker: “Welcome”\.\nThe files that a shell over there reads/,
  ],
  [
    'nothing that listens',
    () => ({ DOCKER_HOST: 'ssh://127.0.0.1:1' }),
    /Connection refused\.\nThis has to work in a terminal, without a question: `ssh -p 1 127\.0\.0\.1 docker version`/,
  ],
  [
    'no ssh on this machine',
    () => ({ DOCKER_HOST: server.host, PATH: '/nonexistent' }),
    /there is no ssh command here\.\nInstall the client of OpenSSH/,
  ],
  [
    'a password in the address',
    () => ({ DOCKER_HOST: 'ssh://me:secret@127.0.0.1' }),
    /ssh:\/\/127\.0\.0\.1 cannot be used: .*\nIt should be like ssh:\/\/user@docker\.example\.org, with a key/,
  ],
];

test.each(problems)(
  'over ssh, with %s, the cell says what to do, and SQL works',
  (_what, env, words) =>
    withKernel(
      async ({ kernel }) => {
        const cell = await kernel.execute('%%python\n1', { timeout: MINUTES });
        expect(errorOf(cell)).toMatch(words);
        expect(errorOf(cell)).not.toContain('secret');
        expect(shown(await kernel.execute('%doctor'))).toContain('Python sandbox');
        expect(shown(await kernel.execute('%%sql select 6 * 7 as n'))).toContain('42');
      },
      { env: { DOCKER_HOST: '', ...env() } },
    ),
  MINUTES,
);
