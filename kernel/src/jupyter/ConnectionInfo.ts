import { readFileSync } from 'node:fs';
import { messageOf } from '../messageOf.js';

export const CHANNELS = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a Jupyter connection file says. */
export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly ports: Readonly<Record<Channel, number>>;
  /** The signing key; empty means that messages are not signed. */
  readonly key: string;
  /** The hash of the signature scheme, as Node names it: `sha256`. */
  readonly hash: string;
  /** Z85 text. Present means that every socket is a CurveZMQ server. */
  readonly curveSecretKey: string | null;
}

export class ConnectionFileError extends Error {
  override readonly name = 'ConnectionFileError';
}

/** Reads and checks a connection file. Throws ConnectionFileError, which names the file and what is wrong in it. */
export function readConnectionFile(path: string): ConnectionInfo {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConnectionFileError(`Cannot read the connection file ${path}: ${messageOf(error)}`);
  }
  try {
    return parseConnectionInfo(parsed);
  } catch (error) {
    throw new ConnectionFileError(`The connection file ${path} is not usable: ${messageOf(error)}`);
  }
}

function parseConnectionInfo(parsed: unknown): ConnectionInfo {
  if (typeof parsed !== 'object' || parsed === null) throw new Error('it must hold a JSON object');
  const fields = parsed as Record<string, unknown>;
  const transport = fields.transport ?? 'tcp';
  if (transport !== 'tcp' && transport !== 'ipc') throw new Error('transport must be tcp or ipc');
  const scheme = text(fields, 'signature_scheme', 'hmac-sha256');
  if (!scheme.startsWith('hmac-')) throw new Error(`signature_scheme ${scheme} must start with hmac-`);
  return {
    transport,
    ip: text(fields, 'ip', '127.0.0.1'),
    ports: {
      shell: port(fields, 'shell'),
      control: port(fields, 'control'),
      iopub: port(fields, 'iopub'),
      stdin: port(fields, 'stdin'),
      hb: port(fields, 'hb'),
    },
    key: text(fields, 'key', ''),
    hash: scheme.slice('hmac-'.length),
    curveSecretKey: curveSecretKey(fields),
  };
}

function curveSecretKey(fields: Record<string, unknown>): string | null {
  const secret = text(fields, 'curve_secretkey', '');
  const shared = text(fields, 'curve_publickey', '');
  if (secret === '' && shared === '') return null;
  if (secret.length !== 40 || shared.length !== 40) {
    throw new Error('curve_publickey and curve_secretkey must both be Z85 texts of 40 characters');
  }
  return secret;
}

function text(fields: Record<string, unknown>, name: string, otherwise: string): string {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`${name} must be text`);
  return value;
}

function port(fields: Record<string, unknown>, channel: Channel): number {
  const value = fields[`${channel}_port`];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new Error(`${channel}_port must be a whole number from 1 to 65535`);
  }
  return value;
}

/** The ZeroMQ address of a channel; over ipc the ip is a path and the port its suffix. */
export function endpoint(info: ConnectionInfo, channel: Channel): string {
  const port = info.ports[channel];
  return info.transport === 'ipc' ? `ipc://${info.ip}-${port}` : `tcp://${info.ip}:${port}`;
}
