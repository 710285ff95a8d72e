import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionFileError, endpoint, readConnectionFile } from './ConnectionInfo.js';

const folder = mkdtempSync(join(tmpdir(), 'worldline-connection-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const ports = { shell_port: 1, control_port: 2, iopub_port: 3, stdin_port: 4, hb_port: 5 };
function read(content: unknown) {
  const file = join(folder, 'connection.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readConnectionFile(file);
}

describe('addresses', () => {
  test('tcp', () => {
    const info = read({
      ...ports,
      transport: 'tcp',
      ip: '127.0.0.1',
      key: 'k',
      signature_scheme: 'hmac-sha256',
    });
    expect(info).toMatchObject({ key: 'k', hash: 'sha256', curveSecretKey: null });
    expect(endpoint(info, 'iopub')).toBe('tcp://127.0.0.1:3');
  });

  test('ipc: the port is a suffix of the path', () => {
    expect(endpoint(read({ ...ports, transport: 'ipc', ip: '/run/kernel' }), 'hb')).toBe(
      'ipc:///run/kernel-5',
    );
  });
});

test('curve keys', () => {
  const keys = { curve_publickey: 'p'.repeat(40), curve_secretkey: 's'.repeat(40) };
  expect(read({ ...ports, ...keys }).curveSecretKey).toBe('s'.repeat(40));
});

test.each([
  ['{', 'Cannot read'],
  ['[]', 'shell_port'],
  ['null', 'JSON object'],
  [{ ...ports, transport: 'udp' }, 'transport must be tcp or ipc'],
  [{ ...ports, shell_port: 0 }, 'shell_port'],
  [{ ...ports, hb_port: '5' }, 'hb_port'],
  [{ ...ports, key: 5 }, 'key must be text'],
  [{ ...ports, signature_scheme: 'sha256' }, 'must start with hmac-'],
  [{ ...ports, curve_secretkey: 's'.repeat(40) }, 'must both'],
])('%j is refused, and the message says why', (content, reason) => {
  expect(() => read(content)).toThrow(ConnectionFileError);
  expect(() => read(content)).toThrow(reason);
});

test('a file that is not there', () => {
  expect(() => readConnectionFile(join(folder, 'none.json'))).toThrow('none.json');
});
