import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DirectoryBlobStore, VariableIntake } from '../../sandbox/src/snapshots/index.js';
import type { VariablesSnapshot } from '../../sandbox/src/types.js';

const IMAGE = process.env.SANDBOX_IMAGE ?? 'worldline-sandbox:latest';
const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What a snapshot says that its variables hold. */
export function digestsOf({ digests }: VariablesSnapshot): Record<string, string> {
  return Object.fromEntries(digests);
}

export interface Restored {
  readonly restored: readonly string[];
  readonly lost: readonly { readonly name: string; readonly reason: string }[];
}

/** Python workers in a container, one after another, with captures taken in on the host as in real life. */
export class Lab {
  private intake: VariableIntake;
  private captures = 0;
  /** What the worker took for the last request. */
  milliseconds = 0;

  private constructor(
    readonly folder: string,
    readonly store: DirectoryBlobStore,
    private readonly container: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
  ) {
    this.intake = new VariableIntake({ store, root: folder });
  }

  static async start(options: readonly string[] = []): Promise<Lab> {
    const folder = await mkdtemp(join(tmpdir(), 'worldline-snapshots-'));
    const workspace = join(folder, 'workspace');
    await mkdir(workspace);
    await chmod(workspace, 0o777);
    const store = await DirectoryBlobStore.open(join(folder, 'blobs'));
    const runner = join(REPOSITORY, 'sandbox/image/runner');
    const container = spawn('docker', [
      ...['run', '--rm', '--interactive', '--network=none', '--cap-drop=ALL', '--read-only', '--tmpfs=/tmp'],
      ...['--security-opt=no-new-privileges', `--volume=${workspace}:${workspace}`, `--workdir=${workspace}`],
      ...[`--volume=${store.folder}:${store.folder}:ro`, `--volume=${runner}:/runner:ro`],
      ...[`--volume=${join(REPOSITORY, 'tests/snapshots')}:/tests:ro`, '--env=PYTHONPATH=/runner:/tests'],
      ...[
        '--env=OMP_NUM_THREADS=1',
        '--env=OPENBLAS_NUM_THREADS=1',
        `--user=${user()}`,
        '--entrypoint=python3',
      ],
      ...[
        '--env=PYTHONDONTWRITEBYTECODE=1',
        '--env=MPLCONFIGDIR=/tmp/matplotlib',
        ...options,
        IMAGE,
        '/tests/worker.py',
        store.folder,
      ],
    ]);
    container.stderr.pipe(process.stderr);
    const answers = createInterface({ input: container.stdout })[Symbol.asyncIterator]();
    return new Lab(folder, store, container, answers);
  }

  get workspace(): string {
    return join(this.folder, 'workspace');
  }

  /** Runs a cell; gives what it printed. */
  async run(code: string): Promise<string> {
    return (await this.ask({ op: 'run', code })) as string;
  }

  async fingerprint(): Promise<unknown> {
    return this.ask({ op: 'fingerprint' });
  }

  /** What each variable holds, in a few letters. */
  async contents(): Promise<Record<string, string>> {
    return (await this.ask({ op: 'contents' })) as Record<string, string>;
  }

  /** Captures the variables and takes them in. `meanwhile` runs after the fork, before the capture is done. */
  async capture(options: { full?: boolean; meanwhile?: string } = {}): Promise<VariablesSnapshot> {
    const { label } = await this.captureOnly(options);
    return this.take(label);
  }

  /** Captures the variables unless the worker knows them to be those of the last capture; null where it does. */
  async captureIfChanged(): Promise<VariablesSnapshot | null> {
    const label = this.label();
    const directory = join(this.workspace, label);
    if ((await this.ask({ op: 'capture', directory, label, lazy: true })) === null) return null;
    await this.captured();
    return this.take(label);
  }

  /** Captures the variables and leaves the output where it is. `forked`: whether another process wrote it. */
  async captureOnly({ full = false, meanwhile = '' } = {}): Promise<{
    label: string;
    pause: number;
    forked: boolean;
  }> {
    const label = this.label();
    const directory = join(this.workspace, label);
    const { pause, pid } = (await this.ask({ op: 'capture', directory, label, full })) as {
      pause: number;
      pid: number | null;
    };
    await this.run(meanwhile);
    await this.captured();
    return { label, pause, forked: pid !== null };
  }

  async take(label: string): Promise<VariablesSnapshot> {
    return this.intake.take(label, `workspace/${label}`);
  }

  /** A fresh worker with no variables, or with those that will come from a snapshot. */
  async fresh(restored: VariablesSnapshot | null = null): Promise<void> {
    await this.ask({ op: 'fresh' });
    this.intake = new VariableIntake({ store: this.store, root: this.folder, restored });
  }

  /** Forgets what was taken in, as if the host had failed to keep it. */
  forgetTaken(): void {
    this.intake = new VariableIntake({ store: this.store, root: this.folder });
  }

  /** A fresh worker with the variables of a snapshot. */
  async restore(snapshot: VariablesSnapshot): Promise<Restored> {
    await this.fresh(snapshot);
    const manifest = new TextDecoder().decode(snapshot.manifest);
    return (await this.ask({ op: 'restore', manifest })) as Restored;
  }

  /** Captures, and goes on in a fresh worker. */
  async carryOver(): Promise<{ snapshot: VariablesSnapshot; lost: Record<string, string> }> {
    const snapshot = await this.capture();
    const restored = await this.restore(snapshot);
    const lost = [...snapshot.lost, ...restored.lost].map(({ name, reason }) => [name, reason] as const);
    return { snapshot, lost: Object.fromEntries(lost) };
  }

  async close(): Promise<void> {
    const closed = once(this.container, 'close');
    this.container.stdin.end();
    await closed;
    await rm(this.folder, { recursive: true, force: true });
  }

  private label(): string {
    this.captures += 1;
    return `c${String(this.captures)}`;
  }

  private async captured(): Promise<void> {
    const said = (await this.ask({ op: 'captured' })) as { ok: boolean; error?: string };
    if (!said.ok) throw new Error(said.error);
  }

  private async ask(request: Record<string, unknown>): Promise<unknown> {
    this.container.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) throw new Error('the worker is gone');
    const { value, error, milliseconds } = JSON.parse(answer.value) as {
      value?: unknown;
      error?: string;
      milliseconds?: number;
    };
    this.milliseconds = milliseconds ?? 0;
    if (error !== undefined) throw new Error(error);
    return value;
  }
}

function user(): string {
  const [uid, gid] = [process.getuid?.() ?? 1000, process.getgid?.() ?? 1000];
  return uid === 0 ? '1000:1000' : `${String(uid)}:${String(gid)}`;
}
