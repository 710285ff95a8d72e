import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
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

/** What `inspect` of every container must say, whatever the engine. */
export const HELD = {
  NetworkMode: 'none',
  ReadonlyRootfs: true,
  Privileged: false,
  Memory: 512 * 1024 * 1024,
  MemorySwap: 512 * 1024 * 1024,
  NanoCpus: 1e9,
  PidsLimit: 128,
  AutoRemove: true,
};

/** `engine`: another than the one that DOCKER_HOST or Docker's settings name. */
export async function openSandbox(
  environment: Record<string, string> = {},
  engine?: Docker,
): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'worldline-sandbox-'));
  await chmod(folder, 0o755);
  const kernel = randomUUID();
  const manager = createSandboxManager({
    spaces: join(folder, 'spaces'),
    store: await DirectoryBlobStore.open(join(folder, 'blobs')),
    kernel,
    settings: limitsFromEnvironment({ ...process.env, ...environment }),
    ...(engine === undefined ? {} : { docker: engine }),
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

/** Longer than a busy machine takes to begin with a cell. */
const LIMIT = { timeout: 60_000, told: 'Stopped after 60 s, the time limit.' };

/** Runs a cell whose time is up when it has first printed something: the clock of its limits is put forward then. */
export async function runPastLimit(
  session: PythonSession,
  code: string,
  timeoutAdvice: readonly string[] = [],
): Promise<Ran & { readonly told: string }> {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
    advanceTimers: true,
  });
  try {
    let begun = false;
    const started = jest.now();
    const onEvent = ({ type }: SandboxEvent): void => {
      if (begun || type !== 'stream') return;
      begun = true;
      // By no more than is left of it, which would put forward what follows its end as well.
      jest.advanceTimersByTime(Math.max(0, started + LIMIT.timeout - jest.now()));
    };
    const ran = await run(session, code, { timeout: LIMIT.timeout, timeoutAdvice, onEvent });
    return { ...ran, told: LIMIT.told };
  } finally {
    jest.useRealTimers();
  }
}

/** What was printed, in order: a busy machine may send the end of a line by itself. */
export function streamsOf({ events }: Pick<Ran, 'events'>): { name: string; text: string }[] {
  const streams: { name: string; text: string }[] = [];
  for (const event of events) {
    if (event.type !== 'stream') continue;
    const last = streams.at(-1);
    if (last?.name === event.name) last.text += event.text;
    else streams.push({ name: event.name, text: event.text });
  }
  return streams;
}

/** What went wrong, as `Name: text`; `ok` for a cell that went well. */
export function failure(ran: Ran): string {
  return ran.result.status === 'ok' ? 'ok' : `${ran.result.ename}: ${ran.result.evalue}`;
}

/** The traceback of a failed cell, without its colours. */
export function plainTraceback({ result }: Ran): string {
  return result.status === 'ok' ? '' : withoutColours(result.traceback.join('\n'));
}

export function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape character begins every colour
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

const docker = new Docker();

/** The containers of a sandbox's manager, spare ones left out unless asked for. */
export async function containersOf(sandbox: Sandbox): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({ all: true, filters: { label: [`worldline.kernel=${sandbox.kernel}`] } });
}

/** What the engine says of the one container that is no spare. */
export async function containerOf(
  sandbox: Sandbox,
  session?: PythonSession,
): Promise<Docker.ContainerInspectInfo> {
  const found = await containersOf(sandbox);
  const wanted = found.find(({ Labels, Names }) =>
    session === undefined
      ? !String(Names[0]).includes('spare')
      : Labels['worldline.workspace'] === session.workspace.path,
  );
  if (wanted === undefined) throw new Error('there is no container');
  return docker.getContainer(wanted.Id).inspect();
}
