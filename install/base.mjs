import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installSystemPackages } from './apt.mjs';
import { Problem } from './problem.mjs';
import { capture, work } from './run.mjs';
import { remember } from './state.mjs';

const PULLED = 'python:3.12-slim';
const MADE = 'worldline-base';
const PACKAGES = ['python3', 'python3-venv', 'ca-certificates'];
const LEFT_OUT = ['dev/*', 'proc/*', 'sys/*', 'var/cache/apt/*', 'var/lib/apt/lists/*', 'usr/share/doc/*'];

/**
 * A base for the sandbox image: Docker's Python image, or where no registry answers one made from the distribution.
 * @returns {Promise<string>} its name
 */
export async function baseImage(say, options) {
  if (await exists(PULLED)) return PULLED;
  say(`docker pull ${PULLED}`);
  const pull = await capture('docker', ['pull', '-q', PULLED]);
  if (pull.code === 0) {
    remember('images', PULLED);
    return PULLED;
  }
  const made = `${MADE}:${codename()}`;
  if (await exists(made)) return made;
  say(`no image registry answers (${pull.stderr.trim().split('\n').at(-1)?.slice(-100)})`);
  await debootstrap(made, say, options);
  return made;
}

async function debootstrap(name, say, options) {
  await installSystemPackages(['debootstrap'], 'A base image made on this machine', say, options);
  if (process.getuid?.() !== 0 || (await capture('debootstrap', ['--version'])).code !== 0) {
    throw new Problem(
      `${PULLED} cannot be pulled, and a base image can only be made as root on Debian or Ubuntu.`,
      `Let Docker reach an image registry, or bring the image here by a file:\n` +
        `    docker save ${PULLED} -o base.tar     # where a registry answers\n` +
        `    docker load -i base.tar               # here`,
    );
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'worldline-base-'));
  const fix =
    'Is the package mirror of this distribution within reach (apt-get update)? Then run this again.';
  try {
    say('debootstrap of a small system with Python, a minute or two');
    const flags = ['--variant=minbase', `--include=${PACKAGES.join(',')}`];
    if (isUbuntu()) flags.push('--components=main,universe');
    await work('debootstrap', [...flags, codename(), folder, ...mirror()], { say, fix });
    const excluded = LEFT_OUT.map((it) => `--exclude=./${it}`);
    const script = 'set -o pipefail; tar -C "$1" "${@:3}" -c . | docker import - "$2"';
    remember('images', name);
    await work('bash', ['-c', script, 'bash', folder, name, ...excluded], { say, fix });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function exists(image) {
  return (await capture('docker', ['image', 'inspect', '--format', '{{.Id}}', image])).code === 0;
}

function osRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

const codename = () => /^VERSION_CODENAME=(\S+)/m.exec(osRelease())?.[1] ?? 'bookworm';
const isUbuntu = () => /^ID=ubuntu/m.exec(osRelease()) !== null;

/** The mirror that this machine's apt uses for its own release, in either form of its lists. */
function mirror() {
  const folder = '/etc/apt/sources.list.d';
  const more = existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
  const suite = codename();
  for (const file of ['/etc/apt/sources.list', ...more].filter((it) => existsSync(it))) {
    const text = readFileSync(file, 'utf8');
    const line = new RegExp(`^deb\\s+(?:\\[[^\\]]*\\]\\s+)?(https?://\\S+)\\s+${suite}\\s`, 'm').exec(text);
    if (line !== null) return [line[1]];
    for (const stanza of text.split(/\n\s*\n/)) {
      const uri = /^URIs:\s*(https?:\/\/\S+)/m.exec(stanza);
      if (uri !== null && new RegExp(`^Suites:.*\\b${suite}(\\s|$)`, 'm').test(stanza)) return [uri[1]];
    }
  }
  return [];
}
