import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with this kernel's installer: two above the bundle, in a checkout as where the package was installed. */
export const INSTALLATION = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** How further Python packages get into the sandbox: `names` as the installer takes them. */
export function withPackages(names: string): string {
  return `node install.mjs --with-packages ${names} in ${INSTALLATION}`;
}
