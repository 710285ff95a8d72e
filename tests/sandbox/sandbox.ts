import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSandboxManager,
  DirectoryBlobStore,
  limitsFromEnvironment,
  type ExecuteOptions,
  type ExecuteResult,
  type PythonSession,
  type SandboxEvent,
  type SandboxManager,
} from '@worldline/sandbox';

/** One manager with its folders; everything that it made is removed at the end. */
export interface Sandbox {
  readonly manager: SandboxManager;
  readonly folder: string;
  readonly kernel: string;
  open(dataFolders?: readonly string[]): Promise<PythonSession>;
  close(): Promise<void>;
}

export async function openSandbox(environment: Record<string, string> = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'worldline-sandbox-'));
  const kernel = randomUUID();
  const manager = createSandboxManager({
    spaces: join(folder, 'spaces'),
    store: await DirectoryBlobStore.open(join(folder, 'blobs')),
    kernel,
    settings: limitsFromEnvironment({ ...process.env, ...environment }),
  });
  let count = 0;
  return {
    manager,
    folder,
    kernel,
    open: async (dataFolders = []) =>
      manager.session(await manager.newWorkspace(), { dataFolders, name: `test ${String(++count)}` }),
    close: async () => {
      await manager.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Ran {
  readonly result: ExecuteResult;
  readonly events: readonly SandboxEvent[];
  /** All that was printed, in order. */
  readonly text: string;
  readonly notices: readonly string[];
  /** The text of the last expression's value. */
  readonly value: string | undefined;
}

let cells = 0;

/** Runs a cell and gathers what comes of it. */
export async function run(
  session: PythonSession,
  code: string,
  options: Partial<ExecuteOptions> = {},
): Promise<Ran> {
  const events: SandboxEvent[] = [];
  const result = await session.execute(code, {
    cell: `Cell [${String(++cells)}]`,
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  const plain = events.filter((event) => event.type === 'result').at(-1)?.data['text/plain'];
  return {
    result,
    events,
    text: events.map((event) => (event.type === 'stream' ? event.text : '')).join(''),
    notices: events.filter((event) => event.type === 'notice').map(({ text }) => text),
    value: typeof plain === 'string' ? plain : undefined,
  };
}

/** What went wrong, as `Name: text`; `ok` for a cell that went well. */
export function failure(ran: Ran): string {
  return ran.result.status === 'ok' ? 'ok' : `${ran.result.ename}: ${ran.result.evalue}`;
}
