import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGED } from './app.mjs';
import { inProject } from './paths.mjs';
import { readState, remember, stamp } from './state.mjs';

const NAME = '@worldline/labextension';

/** @param {string} data Jupyter's data folder */
function extensionFolder(data) {
  return path.join(data, 'labextensions', ...NAME.split('/'));
}

/** Puts the built extension where JupyterLab loads it from. @param {string} data */
export function placeExtension(data) {
  const folder = extensionFolder(data);
  if (extensionInPlace(data)) return `in ${folder}`;
  remember('paths', folder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  cpSync(inProject('labextension', 'dist'), folder, { recursive: true });
  const about = {
    packageManager: 'node',
    packageName: NAME,
    uninstallInstructions: `Run node install.mjs --uninstall in ${inProject()}${PACKAGED ? ', and remove that folder' : ''}.`,
  };
  writeFileSync(path.join(folder, 'install.json'), `${JSON.stringify(about, null, 2)}\n`);
  stamp('placed-extension', placed(data));
  return `installed into ${folder}`;
}

/** @param {string} data */
export function extensionInPlace(data) {
  const folder = extensionFolder(data);
  return (
    existsSync(path.join(folder, 'install.json')) &&
    readFileSync(path.join(folder, 'package.json'), 'utf8') ===
      readFileSync(inProject('labextension', 'dist', 'package.json'), 'utf8') &&
    readState().stamps['placed-extension'] === placed(data)
  );
}

function placed(data) {
  return `${readState().stamps.labextension} ${extensionFolder(data)}`;
}
