import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { SandboxUnavailableError } from '../errors.js';
import { SshAgent } from './SshAgent.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The engine to use: `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of Docker's settings, else the first socket
 * that is there, Podman's among them. Nothing is sent yet. Throws a SandboxUnavailableError for settings that lead nowhere.
 */
export function connect(environment: Environment): Docker {
  const host = environment['DOCKER_HOST'] ?? '';
  if (host !== '') return fromHost(host);
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

/** With a scheme, or a bare host. dockerode takes anything else for a host without a name. */
const KNOWN = /^(?:(?:unix|npipe|tcp|https?|ssh):\/\/.|(?!.*:\/\/))/;

/** dockerode reads the variable itself, and those of its certificates. */
function fromHost(host: string): Docker {
  try {
    if (!KNOWN.test(host)) throw new Error('its kind of address is not known');
    return host.startsWith('ssh://') ? overSsh(new URL(host)) : new Docker();
  } catch (error) {
    if (error instanceof SandboxUnavailableError) throw error;
    throw new SandboxUnavailableError(
      `DOCKER_HOST=${host} cannot be used: ${words(error)}.`,
      'It should be like unix:///var/run/docker.sock, like tcp://docker.example.org:2376, with DOCKER_CERT_PATH the folder of ca.pem, cert.pem and key.pem, or like ssh://user@docker.example.org.',
      { cause: error },
    );
  }
}

/** Not dockerode's own way, which takes any key of a host for the right one. */
function overSsh(url: URL): Docker {
  const options = { host: url.hostname, port: url.port, protocol: 'http', agent: new SshAgent(url) } as const;
  return new Docker(options);
}

function currentContext(settings: string): string | undefined {
  const file = join(settings, 'config.json');
  return existsSync(file) ? (parsed(file) as { currentContext?: string }).currentContext : undefined;
}

function fromContext(settings: string, name: string): Docker {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(settings, 'contexts/meta', id, 'meta.json');
  if (!existsSync(file))
    throw new SandboxUnavailableError(
      `There is no Docker context ${name}.`,
      '`docker context ls` lists them; `docker context use default` goes back.',
    );
  const meta = parsed(file) as { Endpoints?: { docker?: { Host?: string } } };
  const host = meta.Endpoints?.docker?.Host ?? '';
  if (/^(unix|npipe):\/\//.test(host)) return new Docker({ socketPath: host.replace(/^\w+:\/\//, '') });
  if (!/^(tcp|http|https|ssh):\/\//.test(host) || !URL.canParse(host))
    throw new SandboxUnavailableError(
      `The Docker context ${name} has no address that can be used: “${host}”.`,
      `See \`docker context inspect ${name}\`.`,
    );
  const url = new URL(host);
  if (url.protocol === 'ssh:') return overSsh(url);
  const secrets = certificates(join(settings, 'contexts/tls', id, 'docker'));
  const safe = url.protocol === 'https:' || Object.keys(secrets).length > 0;
  return new Docker({
    host: url.hostname,
    port: Number(url.port || (safe ? 2376 : 2375)),
    protocol: safe ? 'https' : 'http',
    ...secrets,
  });
}

/** Those of `ca.pem`, `cert.pem` and `key.pem` that a context has. */
function certificates(folder: string): Record<string, Buffer> {
  const files = ['ca', 'cert', 'key'].map((name) => [name, join(folder, `${name}.pem`)] as const);
  return Object.fromEntries(
    files.filter(([, file]) => existsSync(file)).map(([name, file]) => [name, readFileSync(file)]),
  );
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SandboxUnavailableError(
      `Docker's settings in ${file} cannot be read: ${words(error)}.`,
      'Mend the file; `docker context ls` reads it as well.',
      { cause: error },
    );
  }
}

function words(error: unknown): string {
  return String((error as { message?: unknown }).message ?? error);
}
