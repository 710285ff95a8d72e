import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../support/freePort.js';
import { installForTest, type JupyterFolder } from '../support/python.js';
import { listening } from './listening.js';

/** A Kernel Gateway that offers the built kernel, in folders of its own. */
export class KernelGateway {
  private constructor(
    /** What JupyterLab needs in its environment to run its kernels there. */
    readonly client: Readonly<Record<string, string>>,
    /** Where its kernels start. */
    readonly folder: string,
    /** WORLDLINE_HOME of its kernels. */
    readonly store: string,
    private readonly process: ChildProcess,
    private readonly jupyter: JupyterFolder,
  ) {}

  static async start(): Promise<KernelGateway> {
    const jupyter = installForTest();
    const folder = join(jupyter.folder, 'elsewhere');
    mkdirSync(folder);
    const port = await freePort();
    const token = randomBytes(16).toString('hex');
    const python = process.env['WORLDLINE_PYTHON'] ?? resolve('.venv/bin/python');
    const child = spawn(python, ['-m', 'kernel_gateway'], {
      cwd: folder,
      env: {
        ...process.env,
        ...jupyter.env,
        KG_PORT: String(port),
        KG_PORT_RETRIES: '0',
        KG_AUTH_TOKEN: token,
        // Whether a kernel is alive is asked so where a connection is lost: without an answer, JupyterLab gives it up.
        KG_LIST_KERNELS: 'True',
        KG_ENV_WHITELIST: 'JPY_SESSION_NAME',
        KG_ENV_PROCESS_WHITELIST: 'HOME,WORLDLINE_HOME,DOCKER_HOST,SANDBOX_IMAGE',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const url = `http://127.0.0.1:${port}`;
    await listening(child, 'Kernel Gateway', `${url}/api?token=${token}`);
    const client = {
      JUPYTER_GATEWAY_URL: url,
      JUPYTER_GATEWAY_AUTH_TOKEN: token,
      JUPYTER_GATEWAY_ALLOWED_ENVS: 'JPY_SESSION_NAME',
    };
    return new KernelGateway(client, folder, jupyter.env['WORLDLINE_HOME'] ?? '', child, jupyter);
  }

  /** Ends it and its kernels. */
  async stop(): Promise<void> {
    const closed = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await closed;
    this.jupyter.remove();
  }
}
