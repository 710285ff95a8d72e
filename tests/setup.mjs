import { existsSync } from 'node:fs';
import { installSystemPackages } from '../install/apt.mjs';
import { exampleData } from '../install/exampleData.mjs';
import { fingerprint } from '../install/fingerprint.mjs';
import { pipInstall } from '../install/jupyter.mjs';
import { Problem } from '../install/problem.mjs';
import { step } from '../install/report.mjs';
import { capture } from '../install/run.mjs';
import { setUp } from '../install/setup.mjs';
import { readState, stamp } from '../install/state.mjs';
import { olderDuckDB } from './duckdb.mjs';
import { findMariaDB } from './mariadb.mjs';
import { findPostgres } from './postgres.mjs';

const REQUIREMENTS = 'tests/requirements.txt';
/** The server without what makes it a service of the machine. */
const MARIADB = ['mariadb-server-core', 'mariadb-client-core'];
const SSHD = '/usr/sbin/sshd';
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * Installs Worldline as a user would, and what only the tests need.
 * @param {{ yes: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>} the environment to run the tests in
 */
export async function setUpTests(options) {
  // The user's own Jupyter is not for us to add packages to.
  await setUp({ ...options, docker: true, own: true });
  await step('Example data', exampleData);
  await step('Python packages of the tests', pythonPackages);
  await step('DuckDB of the extensions', olderDuckDB);
  await step('PostgreSQL', (say) => server(findPostgres, 'PostgreSQL', ['postgresql'], say, options));
  await step('MariaDB', (say) => server(findMariaDB, 'MariaDB', MARIADB, say, options));
  await step('File systems that share blocks', (say) => sharingDisks(say, options));
  await step('Podman', (say) => podman(say, options));
  await step('gVisor', (say) => gvisor(say, options));
  await step('SSH server', (say) => sshServer(say, options));
  let browser;
  await step('Browser', async (say) => {
    browser = await findBrowser(say, options);
    return browser;
  });
  return { ...process.env, CHROMIUM: browser };
}

async function pythonPackages(say) {
  const wanted = fingerprint([REQUIREMENTS]);
  if (readState().stamps['python-tests'] === wanted) return 'in .venv';
  await pipInstall(REQUIREMENTS, say, 'Is the Python package index within reach? Then run this again.');
  stamp('python-tests', wanted);
  return 'installed into .venv';
}

async function server(find, name, packages, say, options) {
  const purpose = 'A test of attached databases';
  if (find() === null) await installSystemPackages(packages, purpose, say, options);
  if (find() !== null) return 'installed';
  throw new Problem(
    `${purpose} needs ${name}.`,
    `Install it, and run this again:\n    sudo apt-get install ${packages.join(' ')}`,
  );
}

async function sharingDisks(say, options) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'left out, as mounting one takes root';
  await installSystemPackages(['btrfs-progs', 'xfsprogs'], 'A test of snapshots', say, options);
  for (const tool of ['mkfs.btrfs', 'mkfs.xfs']) {
    if ((await capture('which', [tool])).code === 0) continue;
    throw new Problem(
      `A test of snapshots needs ${tool}.`,
      'Install it, and run this again:\n    sudo apt-get install btrfs-progs xfsprogs',
    );
  }
  return 'btrfs and xfs';
}

async function podman(say, options) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'left out, as a service of its own takes root';
  await installSystemPackages(['podman', 'runc'], 'A test of sandboxes', say, options);
  const { code, stdout } = await capture('podman', ['--version']);
  if (code === 0) return stdout.trim();
  throw new Problem(
    'A test of sandboxes needs Podman.',
    'Install it, and run this again:\n    sudo apt-get install podman runc',
  );
}

async function gvisor(say, options) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'left out, as a daemon of its own takes root';
  if ((await capture('which', ['runsc'])).code !== 0)
    await installSystemPackages(['runsc'], 'A test of sandboxes', say, options);
  const { code, stdout } = await capture('runsc', ['--version']);
  if (code === 0) return stdout.split('\n')[0] ?? '';
  throw new Problem(
    'A test of sandboxes needs runsc, of gVisor.',
    'Install it, and run this again:\n    sudo apt-get install runsc',
  );
}

async function sshServer(say, options) {
  if (process.platform === 'win32') return 'left out';
  if (!existsSync(SSHD))
    await installSystemPackages(['openssh-server'], 'A test of remote sandboxes', say, options);
  if (existsSync(SSHD)) return 'installed';
  throw new Problem(
    'A test of remote sandboxes needs the server of OpenSSH.',
    'Install it, and run this again:\n    sudo apt-get install openssh-server',
  );
}

async function findBrowser(say, options) {
  const found = await firstBrowser();
  if (found !== undefined) return found;
  await installSystemPackages(['chromium'], 'The browser tests', say, options);
  const installed = await firstBrowser();
  if (installed !== undefined) return installed;
  throw new Problem(
    'The browser tests need Chromium or Chrome.',
    'Install one, or name it in CHROMIUM, and run this again:\n    sudo apt-get install chromium',
  );
}

async function firstBrowser() {
  const named = process.env.CHROMIUM;
  for (const candidate of [...(named ? [named] : []), ...CHROMIUM]) {
    const { code, stdout } = await capture('which', [candidate]);
    if (code === 0) return stdout.trim();
  }
  return existsSync(MAC) ? MAC : undefined;
}
