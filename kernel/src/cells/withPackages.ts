/** How further Python packages get into the sandbox: `names` as the installer takes them. */
export function withPackages(names: string): string {
  const option = `--with-packages ${names}`;
  return `node install.mjs ${option} in a checkout, npx worldline install ${option} without one`;
}
