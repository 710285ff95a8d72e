#!/usr/bin/env node
/** Sets Worldline up, undoes it, and says what is missing. Runs before anything is installed: Node's core alone. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Worldline needs Node 20.19 or later; this is Node ${process.versions.node}.\n` +
      'Install a newer one from https://nodejs.org/en/download, then run this again.',
  );
  process.exitCode = 1;
} else {
  const { main } = await import('./install/main.mjs');
  process.exitCode = await main(process.argv.slice(2));
}
