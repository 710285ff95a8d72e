import { isElsewhere, PACKAGED, runInApp } from './app.mjs';
import { check } from './check.mjs';
import { demo } from './demo.mjs';
import { LAB } from './jupyter.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { fail } from './report.mjs';
import { setUp } from './setup.mjs';
import { uninstall } from './uninstall.mjs';

/**
 * Runs the installer and gives its exit code.
 * @param {readonly string[]} args
 */
export async function main(args) {
  try {
    const options = parseOptions(args);
    const { command } = options;
    if (isElsewhere() && command !== 'help') return await runInApp(command, args);
    switch (command) {
      case 'help':
        console.log(USAGE);
        return 0;
      case 'check':
        return await check(options);
      case 'uninstall':
        return await uninstall();
      case 'demo':
        return await demo(options);
      default:
        return await install(options);
    }
  } catch (error) {
    fail(error);
    return 1;
  }
}

async function install(options) {
  const jupyter = await setUp(options);
  console.log(`
Worldline is installed. To start:
    ${[jupyter.own ? jupyter.command : 'jupyter', ...LAB].join(' ')}
and choose the kernel “Worldline”.${PACKAGED ? '' : ' To see it at work first: npm run demo'}`);
  return 0;
}
