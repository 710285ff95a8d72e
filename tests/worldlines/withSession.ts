import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../kernel/src/worldlines/index.js';
import { FakeHost, type FakeParts } from './FakeHost.js';

export const NOTEBOOK = { path: '/notebooks/analysis.ipynb', client: 'notebook' };

/** A session with fake parts; each `start` is a new kernel on the same notebook. */
export class Kernel {
  private constructor(
    readonly session: Session,
    readonly host: FakeHost,
  ) {}

  static async start(home: string, notebook = NOTEBOOK): Promise<Kernel> {
    const host = new FakeHost();
    const session = await Session.open({ notebook, host, home });
    host.blobs = session.blobs;
    return new Kernel(session, host);
  }

  /** The parts of the active worldline, opened if need be. */
  async parts(): Promise<FakeParts> {
    await this.session.open();
    return this.host.of(this.session.active.id);
  }
}

/** Runs a test with an empty store, in memory where the system has a place for that. */
export async function withHome(use: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'worldlines-'));
  try {
    await use(home);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
