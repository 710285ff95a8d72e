import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { Checkout, type Ended } from './Checkout.js';

const IMAGE = 'worldline-test-packages';
const MINUTES = 300_000;
let checkout: Checkout;

beforeAll(() => {
  checkout = new Checkout();
  checkout.allow('docker');
});

afterAll(async () => {
  await install('--uninstall');
  checkout.remove();
});

/** With all that leads to Docker and to the package index. */
function install(...args: string[]): Promise<Ended> {
  const own = ['HOME', 'PATH'];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.includes(name)));
  return checkout.install(args, { ...env, SANDBOX_IMAGE: IMAGE });
}

function imports(name: string): boolean {
  const python = ['run', '--rm', '--network', 'none', '--entrypoint', 'python3', IMAGE, '-c'];
  const code = `import pandas, importlib.util; print(importlib.util.find_spec("${name}") is not None)`;
  return execFileSync('docker', [...python, code], { encoding: 'utf8' }).trim() === 'True';
}

test(
  'further packages come into the sandbox, stay over the next install, and go when none are named',
  async () => {
    expect(await install('--with-packages', 'iniconfig')).toMatchObject({ code: 0 });
    expect(imports('iniconfig')).toBe(true);
    expect((await install()).output).toContain(`${IMAGE} is up to date`);
    expect(await install('--with-packages', '')).toMatchObject({ code: 0 });
    expect(imports('iniconfig')).toBe(false);
  },
  MINUTES,
);
