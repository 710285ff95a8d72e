import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

export const USAGE = `node install.mjs [command] [options]                    in a checkout
npx --package FILE worldline [command] [options]        with the package that npm pack made of one

Commands
  install, or none       packages, Jupyter where there is none, kernel, extension, sandbox image
  doctor                 say what is there and what is missing, and change nothing (--check)
  uninstall              take out all that was put in (--uninstall)
  demo                   install, then run examples/quickstart.ipynb and offer JupyterLab; in a checkout

Options
  --yes                  ask nothing; as root on Debian or Ubuntu, install and start what is missing
  --no-lab               do not offer JupyterLab after the demo
  --live                 let the demo ask a real model (needs a key) instead of playing recorded turns
  --no-docker            leave the Python sandbox out: SQL works, Python cells do not
  --with-packages "…"    Python packages to add to the sandbox, such as "xgboost polars"; "" takes them out
  --check                say what is there and what is missing, and change nothing
  --uninstall            take out all that was put in
  --help                 this text
`;

const COMMANDS = ['install', 'demo', 'doctor', 'uninstall'];

/** @param {readonly string[]} args */
export function parseOptions(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', short: 'y' },
        'no-lab': { type: 'boolean' },
        'no-docker': { type: 'boolean' },
        live: { type: 'boolean' },
        'with-packages': { type: 'string' },
        check: { type: 'boolean' },
        uninstall: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Problem(error.message, USAGE);
  }
  const { values, positionals } = parsed;
  const unknown = positionals.find((word) => !COMMANDS.includes(word));
  if (unknown !== undefined) throw new Problem(`There is no command “${unknown}”.`, USAGE);
  const ci = Boolean(process.env.CI) && process.env.CI !== 'false';
  return {
    command: command(values, positionals),
    /** Nobody answers in CI. */
    yes: values.yes === true || ci,
    lab: values['no-lab'] !== true && !ci && process.stdin.isTTY === true && process.stdout.isTTY === true,
    docker: values['no-docker'] !== true,
    live: values.live === true,
    packages: values['with-packages']?.split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function command(values, positionals) {
  if (values.help) return 'help';
  if (values.uninstall || positionals.includes('uninstall')) return 'uninstall';
  if (values.check || positionals.includes('doctor')) return 'check';
  return positionals.includes('demo') ? 'demo' : 'install';
}
