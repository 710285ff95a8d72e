import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../support/freePort.js';
import { installForTest, type JupyterFolder } from '../support/python.js';
import { listening } from './listening.js';

const EXTENSION = '@worldline/labextension';
const QUIET = [
  '--LabApp.news_url=None',
  '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
  '--LabServerApp.open_browser=False',
];

/** A real JupyterLab with the built extension and kernel, in folders of its own. */
export class LabServer {
  private constructor(
    readonly url: string,
    readonly token: string,
    /** Where the notebooks are. */
    readonly notebooks: string,
    private process: ChildProcess,
    private readonly launch: () => Promise<ChildProcess>,
    private readonly jupyter: JupyterFolder,
  ) {}

  /** Where the connection files of its kernels are. */
  get runtime(): string {
    return join(this.jupyter.folder, 'runtime');
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<LabServer> {
    const jupyter = installForTest();
    const extension = join(jupyter.folder, 'share/labextensions', EXTENSION);
    cpSync(resolve('labextension/dist'), extension, { recursive: true });
    writeFileSync(join(extension, 'install.json'), JSON.stringify({ packageName: EXTENSION }));
    const notebooks = join(jupyter.folder, 'notebooks');
    const config = join(jupyter.folder, 'config');
    mkdirSync(notebooks);
    const notifications = join(config, 'settings/@jupyterlab/apputils-extension');
    mkdirSync(notifications, { recursive: true });
    writeFileSync(join(notifications, 'notification.jupyterlab-settings'), '{ "fetchNews": "false" }');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const token = randomBytes(16).toString('hex');
    const python = process.env['WORLDLINE_PYTHON'] ?? resolve('.venv/bin/python');
    const launch = async (): Promise<ChildProcess> => {
      const child = spawn(
        python,
        [
          '-m',
          'jupyterlab',
          '--no-browser',
          '--allow-root',
          '--expose-app-in-browser',
          '--JupyterNotebookApp.expose_app_in_browser=True',
          `--port=${port}`,
          '--ServerApp.port_retries=0',
          `--ServerApp.root_dir=${notebooks}`,
          `--IdentityProvider.token=${token}`,
          ...QUIET,
        ],
        {
          cwd: notebooks,
          env: {
            ...process.env,
            ...jupyter.env,
            JUPYTER_CONFIG_DIR: config,
            JUPYTER_DATA_DIR: join(jupyter.folder, 'data'),
            JUPYTERLAB_SETTINGS_DIR: join(config, 'settings'),
            JUPYTERLAB_WORKSPACES_DIR: join(config, 'workspaces'),
            ...env,
          },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      await listening(child, 'JupyterLab', `${url}/api`);
      return child;
    };
    return new LabServer(url, token, notebooks, await launch(), launch, jupyter);
  }

  /** WORLDLINE_HOME of its kernels. */
  get store(): string {
    return this.jupyter.env['WORLDLINE_HOME'] ?? '';
  }

  /** Writes a notebook for our kernel; sources that begin with `#` are Markdown. */
  writeNotebook(name: string, sources: readonly string[]): void {
    const cells = sources.map((source, index) => ({
      id: `cell-${index}`,
      metadata: {},
      source,
      ...(source.startsWith('#')
        ? { cell_type: 'markdown' }
        : { cell_type: 'code', outputs: [], execution_count: null }),
    }));
    const kernelspec = { name: 'worldline', display_name: 'Worldline', language: 'worldline' };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(this.notebooks, `${name}.ipynb`), JSON.stringify(notebook));
  }

  /** Ends the server by a signal and starts it again, at the same address with the same notebooks. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.#end(signal);
    this.process = await this.launch();
  }

  async stop(): Promise<void> {
    // The first signal asks, the second doesn't; kernels are shut down either way.
    await this.#end('SIGTERM');
    this.jupyter.remove();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null) return;
    const closed = once(this.process, 'exit');
    this.process.kill(signal);
    await closed;
  }
}
