import { PACKAGED } from './app.mjs';
import { build } from './builds.mjs';
import { docker } from './docker.mjs';
import { image } from './image.mjs';
import { jupyter } from './jupyter.mjs';
import { placeKernelspec } from './kernelspec.mjs';
import { placeExtension } from './labextension.mjs';
import { packages } from './packages.mjs';
import { step } from './report.mjs';

/**
 * Puts everything in place, one step after the other; each does nothing where its part is there already. Docker comes
 * last, so that SQL works where it is missing.
 * @param {{ yes: boolean, docker: boolean, own?: boolean, packages?: string[] }} options
 * @returns {Promise<import('./jupyter.mjs').Jupyter>}
 */
export async function setUp(options) {
  let found;
  await step('Node', () => process.versions.node);
  await step('Packages', packages);
  await step('Jupyter', async (say) => {
    const { jupyter: it, made } = await jupyter(say, options);
    found = it;
    return `JupyterLab ${it.version} ${made ? 'installed into .venv' : `(${it.command})`}`;
  });
  await step('Kernel', (say) => build('kernel', say));
  // For others to use; the kernel has it in its bundle.
  if (!PACKAGED) await step('Sandbox module', (say) => build('sandbox', say));
  await step('Lab extension', (say) => build('labextension', say));
  await step('Kernelspec', () => placeKernelspec(found));
  await step('Extension', () => placeExtension(found.data));
  if (options.docker) {
    await step('Docker', (say) => docker(say, options));
    await step('Sandbox image', (say) => image(say, options));
  }
  return found;
}
