import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TABLE_MIME, type TablePage } from '../../kernel/src/contract.js';
import { KernelClient, type Execution, type Message } from '../support/KernelClient.js';

/** Milliseconds that a cell may take on a busy machine: a container may have to start. */
const PATIENCE = 60_000;

export interface Notebook {
  readonly kernel: KernelClient;
  /** The folder of the notebook. */
  readonly folder: string;
  /** WORLDLINE_HOME: the store of this test alone. */
  readonly home: string;
  /** Starts another kernel on the same notebook and store, after this one has ended. */
  readonly restart: (env?: Readonly<Record<string, string>>) => Promise<KernelClient>;
  /** The same where the first one is gone already. */
  startAgain(env?: Readonly<Record<string, string>>): Promise<KernelClient>;
  /** Starts one more while this one runs. */
  beside(): Promise<KernelClient>;
}

/** Runs the real kernel in a fresh folder with a store of its own; all is removed afterwards. */
export async function withKernel(
  body: (notebook: Notebook) => Promise<void>,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly data?: readonly string[];
    /** Another build of the kernel. */
    readonly main?: string;
    /** Where its folders are made. */
    readonly place?: string;
  } = {},
): Promise<void> {
  const root = realpathSync(mkdtempSync(join(options.place ?? tmpdir(), 'worldline-test-')));
  const folder = join(root, 'notebook');
  const home = join(root, 'home');
  mkdirSync(folder);
  for (const name of options.data ?? []) {
    copyFileSync(join('node_modules/vega-datasets/data', name), join(folder, name));
  }
  const main = options.main ?? join(process.cwd(), 'kernel/dist/main.js');
  const start = (env: Readonly<Record<string, string>> = {}): Promise<KernelClient> =>
    KernelClient.start({
      argv: [main, '{connection_file}'],
      cwd: folder,
      env: {
        ...KEYLESS,
        WORLDLINE_HOME: home,
        XDG_CONFIG_HOME: join(root, 'config'),
        JPY_SESSION_NAME: join(folder, 'test.ipynb'),
        ...options.env,
        ...env,
      },
      timeout: PATIENCE,
    });
  let kernel = await start();
  const others: KernelClient[] = [];
  try {
    await body({
      kernel,
      folder,
      home,
      restart: async (env) => {
        await kernel.shutdown();
        kernel = await start(env);
        return kernel;
      },
      startAgain: async (env) => {
        await kernel.close();
        kernel = await start(env);
        return kernel;
      },
      beside: async () => {
        const other = await start();
        others.push(other);
        return other;
      },
    });
    await kernel.shutdown();
  } finally {
    await Promise.all([kernel, ...others].map((one) => one.close()));
    rmSync(root, { recursive: true, force: true });
  }
}

const KEYLESS = {
  OPENAI_API_KEY: '',
  OPENAI_BASE_URL: '',
  GEMINI_API_KEY: '',
  GOOGLE_API_KEY: '',
  OPENROUTER_API_KEY: '',
  WORLDLINE_PROVIDER: '',
  WORLDLINE_MODEL: '',
  WORLDLINE_TURNS: '',
};

/** The plain text of a result or display. */
export function textOf(message: { content: Record<string, unknown> } | undefined): string {
  return dataOf(message?.content, 'text/plain');
}

/** One form of what an output shows; empty where it has none. */
export function dataOf(content: Record<string, unknown> | undefined, type: string): string {
  const data = content?.['data'] as Record<string, unknown> | undefined;
  const value = data?.[type];
  return typeof value === 'string' ? value : '';
}

/** All that a cell showed, as a text front end would print it. What it printed may come in several messages. */
export function shown({ outputs }: Execution): string {
  const parts = outputs.map((output, at) => {
    const next = outputs[at + 1];
    const goesOn = output.type === 'stream' && output.content['name'] === next?.content['name'];
    return next === undefined || goesOn ? printed(output) : `${printed(output)}\n`;
  });
  return parts.join('');
}

function printed(message: Message): string {
  if (message.type === 'stream') return String(message.content['text']);
  if (message.type === 'error') return (message.content['traceback'] as string[]).join('\n');
  return textOf(message);
}

/** The text of the `execute_result`. */
export function resultOf(execution: Execution): string {
  return textOf(execution.outputs.find((message) => message.type === 'execute_result'));
}

/** The rows that the result of a cell of SQL shows, each value whole. */
export function rowsOf({ result }: Execution): readonly (readonly (string | null)[])[] {
  const data = result?.['data'] as Record<string, unknown> | undefined;
  return (data?.[TABLE_MIME] as TablePage | undefined)?.rows ?? [];
}

/** A traceback without its colours. */
export function errorOf({ reply }: Execution): string {
  // eslint-disable-next-line no-control-regex -- the escape character begins every colour
  return (reply.content['traceback'] as string[]).join('\n').replace(/\u001b\[[\d;]*m/g, '');
}
