import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { SandboxOptionError } from '../errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The engine to use: `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of Docker's settings, else the first socket
 * that is there, Podman's among them. Nothing is sent yet.
 */
export function connect(environment: Environment): Docker {
  if (environment['DOCKER_HOST'] !== undefined && environment['DOCKER_HOST'] !== '') return new Docker();
  const settings = environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const context = environment['DOCKER_CONTEXT'] ?? currentContext(settings);
  if (context !== undefined && context !== '' && context !== 'default') return fromContext(settings, context);
  const socketPath = sockets(environment).find((path) => existsSync(path));
  return new Docker({ socketPath: socketPath ?? '/var/run/docker.sock' });
}

function sockets(environment: Environment): string[] {
  const runtime = environment['XDG_RUNTIME_DIR'];
  const inRuntime =
    runtime === undefined ? [] : [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')];
  return [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    ...inRuntime,
    '/run/podman/podman.sock',
  ];
}

function currentContext(settings: string): string | undefined {
  const file = join(settings, 'config.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { currentContext?: string }).currentContext;
}

function fromContext(settings: string, name: string): Docker {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(settings, 'contexts/meta', id, 'meta.json');
  if (!existsSync(file))
    throw new SandboxOptionError(
      `There is no Docker context ${name}. \`docker context ls\` lists them; \`docker context use default\` goes back.`,
    );
  const meta = JSON.parse(readFileSync(file, 'utf8')) as { Endpoints?: { docker?: { Host?: string } } };
  const host = meta.Endpoints?.docker?.Host ?? '';
  if (host.startsWith('unix://')) return new Docker({ socketPath: host.slice('unix://'.length) });
  if (host.startsWith('npipe://')) return new Docker({ socketPath: host.slice('npipe://'.length) });
  const url = new URL(host);
  const tls = join(settings, 'contexts/tls', id, 'docker');
  const secrets = existsSync(join(tls, 'ca.pem'))
    ? {
        ca: readFileSync(join(tls, 'ca.pem')),
        cert: readFileSync(join(tls, 'cert.pem')),
        key: readFileSync(join(tls, 'key.pem')),
        protocol: 'https' as const,
      }
    : { protocol: url.protocol === 'ssh:' ? ('ssh' as const) : ('http' as const) };
  const username = url.username === '' ? {} : { username: url.username };
  return new Docker({
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'ssh:' ? 22 : 2375)),
    ...username,
    ...secrets,
  });
}
