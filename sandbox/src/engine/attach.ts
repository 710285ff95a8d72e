import type { Agent, RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { SshAgent } from './SshAgent.js';

const SCHEME = /^[a-z]+:\/\//;
type Secret = string | Buffer | (string | Buffer)[];
type SecureRequest = RequestOptions & { key?: Secret; cert?: Secret; ca?: Secret };

/** What dockerode knows of the way to the engine, and how it sends a request: its types leave these out. */
interface Modem {
  readonly agent?: Agent;
  /** A path, or what finds one. */
  readonly socketPath?: unknown;
  readonly host?: string;
  readonly port?: number | string;
  readonly version?: string;
  readonly pathPrefix?: string;
  readonly headers: Record<string, string>;
  readonly key?: Secret;
  readonly cert?: Secret;
  readonly ca?: Secret;
  getSocketPath(): Promise<string> | undefined;
  buildRequest(
    options: SecureRequest,
    context: {
      readonly hijack: true;
      readonly isStream: true;
      readonly statusCodes: Readonly<Record<number, string>>;
    },
    data: undefined,
    callback: (error: Error | null, stream: Duplex) => void,
  ): void;
}

/**
 * The stdin, stdout and stderr of a container as one stream. dockerode's own attach sends a body along, which Podman hands
 * to the container as its first input; this asks for the same upgrade without one.
 */
export async function attach(docker: Docker, id: string): Promise<Duplex> {
  const modem = docker.modem as unknown as Modem;
  const { agent, host, port, key, cert, ca } = modem;
  const socketPath = await modem.getSocketPath();
  const prefix = host === undefined ? '' : (modem.pathPrefix ?? '').replace(/\/$/, '');
  const version = modem.version === undefined ? '' : `/${modem.version}`;
  const options: SecureRequest = {
    method: 'POST',
    path: `${prefix}${version}/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
    headers: { ...modem.headers, Connection: 'Upgrade', Upgrade: 'tcp' },
    // A host may come with its scheme, as dockerode allows.
    ...(host === undefined ? {} : { hostname: host.replace(SCHEME, '') }),
    ...(port === undefined ? {} : { port }),
    ...(agent === undefined ? {} : { agent }),
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(ca === undefined ? {} : { ca }),
  };
  const context = { hijack: true, isStream: true, statusCodes: { 404: 'no such container' } } as const;
  return new Promise((resolve, reject) => {
    modem.buildRequest(options, context, undefined, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(error);
    });
  });
}

/** Where an engine is, in the words of DOCKER_HOST. */
export function addressOf(docker: Docker): string {
  const { agent, host, port, socketPath } = docker.modem as unknown as Modem;
  if (agent instanceof SshAgent) return agent.address;
  if (host === undefined) return typeof socketPath === 'string' ? socketPath : 'its usual socket';
  return `tcp://${host.replace(SCHEME, '')}:${String(port ?? '')}`;
}
