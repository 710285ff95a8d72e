import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zmq from 'zeromq';
import { freePort } from './freePort.js';

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin' | 'hb';
const CHANNELS = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;

export interface ConnectionOptions {
  readonly transport?: 'tcp' | 'ipc';
  /** The signing key; random where absent, unsigned where empty. */
  readonly key?: string;
  /** Whether the sockets speak CurveZMQ. */
  readonly curve?: boolean;
}

/** A connection file in a folder of its own. */
export interface Connection {
  readonly folder: string;
  readonly file: string;
  readonly key: string;
  readonly curvePublicKey: string | null;
  address(channel: Channel): string;
}

/** Writes a connection file with free ports, as a Jupyter server does. */
export async function makeConnection(options: ConnectionOptions = {}): Promise<Connection> {
  const transport = options.transport ?? 'tcp';
  const folder = mkdtempSync(join(tmpdir(), 'worldline-kernel-'));
  const file = join(folder, 'connection.json');
  const ip = transport === 'tcp' ? '127.0.0.1' : join(folder, 'socket');
  const ports = [1, 2, 3, 4, 5];
  if (transport === 'tcp') for (const at of ports.keys()) ports[at] = await freePort();
  const key = options.key ?? randomBytes(16).toString('hex');
  const curve = options.curve === true ? zmq.curveKeyPair() : null;
  const portOf = (channel: Channel) => ports[CHANNELS.indexOf(channel)] ?? 0;
  const content = {
    transport,
    ip,
    key,
    signature_scheme: 'hmac-sha256',
    kernel_name: 'test',
    ...Object.fromEntries(CHANNELS.map((channel) => [`${channel}_port`, portOf(channel)])),
    ...(curve === null ? {} : { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey }),
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return {
    folder,
    file,
    key,
    curvePublicKey: curve?.publicKey ?? null,
    address: (channel) =>
      transport === 'tcp' ? `tcp://${ip}:${portOf(channel)}` : `ipc://${ip}-${portOf(channel)}`,
  };
}
