import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { called } from './app.mjs';
import { baseImage } from './base.mjs';
import { fingerprint, imageFingerprint } from './fingerprint.mjs';
import { certificates, pipSettings, proxyArguments } from './host.mjs';
import { inProject } from './paths.mjs';
import { Problem } from './problem.mjs';
import { capture, work } from './run.mjs';
import { remember } from './state.mjs';
import { withPackages } from './withPackages.mjs';

const OURS = 'worldline-sandbox';
const INPUTS_LABEL = 'worldline.inputs';
const PACKAGES_LABEL = 'worldline.packages';
const FIX = 'A container must reach the Python package index: see the lines above. Then run this again.';

export const imageName = () => process.env.SANDBOX_IMAGE ?? OURS;
const stageName = () => `${imageName()}-packages`;

/**
 * The image as it stands, and whether it was built from these very files.
 * @param {readonly string[]} [wanted] Python packages to add; empty for none at all
 */
export async function imageState(wanted) {
  const { code, stdout } = await capture('docker', [
    'image',
    'inspect',
    '--format',
    '{{json .}}',
    imageName(),
  ]);
  const image = code === 0 ? JSON.parse(stdout) : null;
  const labels = image?.Config?.Labels ?? {};
  const has = (labels[PACKAGES_LABEL] ?? '').split(' ').filter((name) => name !== '');
  const packages = withPackages(has, wanted);
  const inputs = fingerprint(['sandbox/image'], packages);
  const id = image?.Id ?? null;
  // An image of the user's, named in SANDBOX_IMAGE, is not for us to replace.
  const foreign = id !== null && imageName() !== OURS && labels[INPUTS_LABEL] === undefined;
  return { id, packages, inputs, current: labels[INPUTS_LABEL] === inputs, foreign };
}

/**
 * Builds the image that Python cells run in, unless it was built from these very files and packages.
 * @param {import('./report.mjs').Say} say
 * @param {{ yes: boolean, packages?: string[] }} options
 */
export async function image(say, options) {
  checkNames(options.packages ?? []);
  const before = await imageState(options.packages);
  const name = imageName();
  if (before.current) return `${name} is up to date`;
  if (before.foreign) return `${name} is your own, and is left as it is`;
  const base = await baseImage(say, options);
  const context = await makeContext();
  const flags = [
    ...['--build-arg', `BASE=${base}`],
    ...['--build-arg', `EXTRA_PACKAGES=${before.packages.join(' ')}`],
    ...['--build-arg', `FINGERPRINT=${imageFingerprint()}`],
    ...['--label', `${INPUTS_LABEL}=${before.inputs}`],
    ...['--label', `${PACKAGES_LABEL}=${before.packages.join(' ')}`],
    ...proxyArguments(),
  ];
  try {
    // The old builder keeps the first stage as an image: with a name, it can be found and removed again.
    if ((await capture('docker', ['buildx', 'version'])).code !== 0) {
      say(`building ${name} on ${base}: Python packages, a minute or two`);
      remember('images', stageName());
      await build(['--target', 'packages', '-t', stageName(), ...flags, context], say);
    }
    say(`building ${name} on ${base}`);
    remember('images', name);
    await build(['-t', name, ...flags, context], say);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  if (before.id !== null) await capture('docker', ['image', 'rm', before.id]);
  return `built ${name}`;
}

function build(args, say) {
  return work('docker', ['build', ...args], { say, fix: FIX });
}

/** The image's files, with what this machine needs to reach its package index; that stays in the first stage. */
async function makeContext() {
  const context = mkdtempSync(path.join(os.tmpdir(), 'worldline-image-'));
  cpSync(inProject('sandbox', 'image'), context, {
    recursive: true,
    filter: (file) => !file.endsWith('__pycache__'),
  });
  const authorities = certificates();
  if (authorities !== null) cpSync(authorities, path.join(context, 'ca.crt'), { dereference: true });
  const settings = await pipSettings();
  if (settings !== '') writeFileSync(path.join(context, 'pip.conf'), settings);
  return context;
}

function checkNames(packages) {
  const odd = packages.find((name) => !/^[A-Za-z0-9][\w.\-[\]=<>!~]*$/.test(name));
  if (odd === undefined) return;
  throw new Problem(
    `“${odd}” is not the name of a Python package.`,
    `Give names as pip takes them:\n    ${called('install')} --with-packages "xgboost polars==1.0"`,
  );
}
