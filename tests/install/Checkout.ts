import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const PARTS = [
  ...['install.mjs', 'install', 'kernelspec', 'package.json', 'package-lock.json', 'tsconfig.base.json'],
  ...['kernel', 'sandbox', 'labextension'],
];

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A copy of the project with a home of its own, for the installer to work on. Packages are shared by a link. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'worldline-checkout-'));
  /** Jupyter's data folder. */
  readonly data = join(this.folder, 'home', 'jupyter');
  readonly #programs = join(this.folder, 'bin');
  readonly #project = join(this.folder, 'project');

  constructor() {
    mkdirSync(this.data, { recursive: true });
    mkdirSync(this.#programs);
    for (const part of PARTS) {
      cpSync(join(ROOT, part), join(this.#project, part), {
        recursive: true,
        filter: (file) => basename(file) !== 'node_modules',
      });
    }
    for (const folder of ['.', 'kernel', 'sandbox', 'labextension']) {
      const packages = join(ROOT, folder, 'node_modules');
      if (existsSync(packages)) symlinkSync(packages, join(this.#project, folder, 'node_modules'));
    }
    this.#keepStamps();
    this.#program('node', process.execPath);
    this.#program('jupyter', join(ROOT, '.venv', 'bin', 'jupyter'));
  }

  /** Puts a program of the machine on the installer's path. */
  allow(name: string): void {
    const folder = (process.env['PATH'] ?? '')
      .split(delimiter)
      .find((entry) => existsSync(join(entry, name)));
    if (folder === undefined) throw new Error(`There is no ${name} on the path.`);
    this.#program(name, join(folder, name));
  }

  /** Everything in the copy and in its home, but for what links to the packages. */
  files(): string[] {
    return list(this.folder).map((file) => relative(this.folder, file));
  }

  /** Adds a line to a file of the project. */
  append(file: string, line: string): void {
    appendFileSync(join(this.#project, file), `${line}\n`);
  }

  /** Runs the installer; nobody is there to answer, and only the programs that it needs are on the path. */
  install(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    nodeFlags: readonly string[] = [],
  ): Promise<Ended> {
    return this.run('node', [...nodeFlags, join(this.#project, 'install.mjs'), ...args], env);
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const child = spawn(join(this.#programs, command), args, {
      cwd: this.#project,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        HOME: join(this.folder, 'home'),
        PATH: [this.#programs, join(ROOT, '.venv', 'bin')].join(delimiter),
        JUPYTER_DATA_DIR: this.data,
        JUPYTER_PREFER_ENV_PATH: '0',
        ...env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    return new Promise((done, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        done({ code, output });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What is built in the project is built in its copy: the installer need not compile it again. */
  #keepStamps(): void {
    const state = join('.worldline', 'install.json');
    if (!existsSync(join(ROOT, state))) return;
    const { stamps } = JSON.parse(readFileSync(join(ROOT, state), 'utf8')) as {
      stamps: Record<string, string>;
    };
    const { kernel, sandbox, labextension } = stamps;
    mkdirSync(dirname(join(this.#project, state)));
    writeFileSync(join(this.#project, state), JSON.stringify({ stamps: { kernel, sandbox, labextension } }));
  }

  #program(name: string, target: string): void {
    writeFileSync(join(this.#programs, name), `#!/bin/sh\nexec '${target}' "$@"\n`, { mode: 0o755 });
  }
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? list(path) : [path];
  });
}
