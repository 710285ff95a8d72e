import { rmSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { dockerState } from './docker.mjs';
import { inProject } from './paths.mjs';
import { capture } from './run.mjs';
import { forget, readState } from './state.mjs';
import { step, warn } from './report.mjs';
import { whatStays } from './stays.mjs';

/** Takes out what the installer put in. What is the user's stays: sessions, settings, and packages of the system. */
export async function uninstall() {
  const { paths, images, system } = readState();
  if (paths.length + images.length === 0) {
    console.log('Nothing of ours is installed from this folder.');
    return 0;
  }
  for (const entry of paths.toReversed()) {
    await step('removed', () => {
      const target = path.resolve(inProject(), entry);
      rmSync(target, { recursive: true, force: true });
      removeEmptyParents(target);
      return target;
    });
  }
  const left = await removeImages(images);
  if (left.length > 0) return 1;
  forget();
  if (system.length > 0)
    warn(`Packages of the system stay. To remove them: apt-get remove ${system.join(' ')}`);
  const stays = whatStays().map(({ what, where }) => `\n  ${what}: ${where}`);
  if (stays.length > 0)
    console.log(
      `What is yours stays, for the next install to find. To be rid of it as well, remove:${stays.join('')}`,
    );
  return 0;
}

/** Folders made on the way, such as `labextensions/@worldline`, go as well where nothing else is in them. */
function removeEmptyParents(target) {
  const parent = path.dirname(target);
  const ours = ['@worldline', 'labextensions', 'kernels'];
  if (!ours.includes(path.basename(parent))) return;
  try {
    rmdirSync(parent);
  } catch (error) {
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST' || error.code === 'ENOENT') return;
    throw error;
  }
  removeEmptyParents(parent);
}

/** @returns {Promise<string[]>} the images that are still there */
async function removeImages(images) {
  if (images.length === 0) return [];
  if ((await dockerState()).state !== 'ready') {
    warn(`Docker does not answer. Start it and run this again to remove ${images.join(', ')}.`);
    return images;
  }
  const left = [];
  for (const image of images.toReversed()) {
    if ((await capture('docker', ['image', 'inspect', image])).code !== 0) continue;
    const { code, stderr } = await capture('docker', ['image', 'rm', image]);
    if (code === 0) await step('removed', () => `image ${image}`);
    else
      (left.push(image),
        warn(`${image} stays: ${stderr.trim()}\n  Close the notebooks that use it and run this again.`));
  }
  return left;
}
