import { called, PACKAGED } from './app.mjs';
import { isBuilt, isThere } from './builds.mjs';
import { dockerState } from './docker.mjs';
import { imageName, imageState } from './image.mjs';
import { findJupyter } from './jupyter.mjs';
import { kernelspecInPlace } from './kernelspec.mjs';
import { extensionInPlace } from './labextension.mjs';
import { packagesInPlace } from './packages.mjs';

/** Says what is there and what is missing, and changes nothing. Gives the exit code: 0 where all is in place. */
export async function check(options) {
  const rows = [...(await jupyterRows()), ...(options.docker ? await dockerRows() : [])];
  for (const [name, there, detail, otherwise = 'not in place'] of rows)
    console.log(there ? `✓ ${name}: ${detail}` : `✗ ${name}: ${otherwise}`);
  const complete = rows.every(([, there]) => there);
  console.log(complete ? '\nAll is in place.' : `\nTo put in what is missing: ${called('install')}`);
  return complete ? 0 : 1;
}

async function jupyterRows() {
  const jupyter = await findJupyter();
  return [
    ['npm packages', packagesInPlace(), 'as package-lock.json says'],
    ['Jupyter', jupyter !== null, `JupyterLab ${jupyter?.version} (${jupyter?.command})`],
    buildRow('kernel', 'kernel'),
    ...(PACKAGED ? [] : [buildRow('sandbox module', 'sandbox')]),
    buildRow('lab extension', 'labextension'),
    ['kernelspec, installed', jupyter !== null && kernelspecInPlace(jupyter), `in ${jupyter?.data}`],
    [
      'lab extension, installed',
      jupyter !== null && isBuilt('labextension') && extensionInPlace(jupyter.data),
      `in ${jupyter?.data}`,
    ],
  ];
}

function buildRow(name, part) {
  return [name, isBuilt(part), 'built', ...(isThere(part) ? ['older than its sources'] : [])];
}

async function dockerRows() {
  const docker = await dockerState();
  const image = docker.state === 'ready' ? await imageState() : null;
  return [
    ['Docker', docker.state === 'ready', docker.version],
    ['sandbox image', image?.current === true || image?.foreign === true, imageName()],
  ];
}
