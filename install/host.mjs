/** What this machine needs to reach its package index, so that a build in a container can reach it as well. */
import { existsSync } from 'node:fs';
import { inProject, program } from './paths.mjs';
import { capture } from './run.mjs';

const BUNDLES = ['PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE'];
const COMMON = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];
/** Settings of pip that mean the same in a container. */
const SETTINGS = ['index-url', 'extra-index-url', 'trusted-host', 'proxy', 'timeout', 'retries'];
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy'];

/** The certificate authorities that this machine trusts, as a file; null where it has no such file. */
export function certificates() {
  const named = BUNDLES.map((name) => process.env[name]).filter((file) => file !== undefined && file !== '');
  return [...named, ...COMMON].find((file) => existsSync(file)) ?? null;
}

/** The machine's pip settings as the text of a pip.conf; empty where there are none. */
export async function pipSettings() {
  const ours = program(inProject('.venv'), 'python');
  const python = existsSync(ours) ? ours : 'python3';
  const { code, stdout } = await capture(python, ['-m', 'pip', 'config', 'list']);
  if (code !== 0) return '';
  /** @type {Record<string, string>} */
  const values = {};
  // Lines such as `global.index-url='https://…'`; the environment's come first, and the first wins.
  for (const [, scope, key, value] of stdout.matchAll(/^([\w:]+)\.([\w-]+)='(.*)'$/gm)) {
    if (SETTINGS.includes(key) && [':env:', 'global', 'install'].includes(scope)) values[key] ??= value;
  }
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value.replaceAll('\\n', '\n  ')}\n`);
  return lines.length === 0 ? '' : `[global]\n${lines.join('')}`;
}

/** Docker's own build arguments for a proxy, which leave no trace in an image. */
export function proxyArguments() {
  const proxies = [...PROXIES, ...PROXIES.map((name) => name.toUpperCase())].filter(
    (name) => process.env[name],
  );
  const local = proxies.some((name) => /\/\/(localhost|127\.)/.test(process.env[name] ?? ''));
  return [...(local ? ['--network', 'host'] : []), ...proxies.flatMap((name) => ['--build-arg', name])];
}
