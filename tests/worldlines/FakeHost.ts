import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableInfo } from '../../kernel/src/contract.js';
import type {
  CapturedVariables,
  Host,
  Parts,
  RanCell,
  VariablesCapture,
  WorldlinePlace,
} from '../../kernel/src/worldlines/index.js';
import type { VariableBlobs } from '../../kernel/src/worldlines/objects/VariableBlobs.js';

const BLOCK = 16_384;
const HEADER = 3 * 4096;

/** Parts without processes: tables are blocks of a file laid out like DuckDB's, variables are values in memory. */
export class FakeParts implements Parts {
  readonly variables = new Map<string, string>();
  closed = false;
  #changed = false;
  #variablesChanged = false;
  #iteration = 1n;

  constructor(
    readonly place: WorldlinePlace,
    private readonly blobs: () => VariableBlobs,
  ) {}

  setTable(slot: number, value: string): void {
    const blocks = this.tables();
    while (blocks.length <= slot) blocks.push('');
    blocks[slot] = value;
    writeDatabase(this.place.databaseFile, blocks, ++this.#iteration);
    this.#changed = true;
  }

  tables(): string[] {
    return readDatabase(this.place.databaseFile);
  }

  setVariable(name: string, value: string): void {
    this.variables.set(name, value);
    this.#variablesChanged = true;
  }

  setFile(path: string, text: string): void {
    writeFileSync(join(this.place.workspace, path), text);
  }

  changed(): { database: boolean; variables: boolean } {
    return { database: this.#changed, variables: this.#variablesChanged };
  }

  flushDatabase(): Promise<{ tables: readonly TableInfo[] } | null> {
    if (!this.#changed) return Promise.resolve(null);
    this.#changed = false;
    const tables = this.tables().map((value, slot): TableInfo => {
      return {
        name: `t${slot}`,
        kind: 'table',
        rows: value.length,
        columns: [{ name: 'v', type: 'VARCHAR' }],
      };
    });
    return Promise.resolve({ tables });
  }

  closeDatabase(): Promise<void> {
    return Promise.resolve();
  }

  captureVariables(): Promise<VariablesCapture | null> {
    if (!this.#variablesChanged) return Promise.resolve(null);
    this.#variablesChanged = false;
    const now = [...this.variables];
    const variables = now.map(([name, preview]) => ({
      name,
      type: 'str',
      shape: null,
      bytes: null,
      preview,
    }));
    return Promise.resolve({ variables, done: this.#store(now) });
  }

  restoreVariables(snapshot: CapturedVariables | null): Promise<{ lost: [] }> {
    this.variables.clear();
    if (snapshot !== null) {
      const manifest = JSON.parse(Buffer.from(snapshot.manifest).toString()) as [string, string][];
      for (const [name, id] of manifest) {
        this.variables.set(name, readFileSync(join(this.blobs().folder, id), 'utf8'));
      }
    }
    this.#variablesChanged = false;
    return Promise.resolve({ lost: [] });
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async #store(variables: readonly [string, string][]): Promise<CapturedVariables> {
    const folder = await mkdtemp(join(tmpdir(), 'fake-variables-'));
    const manifest: [string, string][] = [];
    let bytesAdded = 0;
    for (const [name, value] of variables) {
      const path = join(folder, 'buffer');
      writeFileSync(path, value);
      const file = await open(path);
      const { id, bytes, added } = await this.blobs().adopt(file);
      await file.close();
      manifest.push([name, id]);
      if (added) bytesAdded += bytes;
    }
    await rm(folder, { recursive: true });
    return {
      ...{ manifest: Buffer.from(JSON.stringify(manifest)), blobs: manifest.map(([, id]) => id) },
      ...{ bytesAdded, lost: [], digests: [] },
    };
  }
}

export class FakeHost implements Host {
  readonly parts = new Map<string, FakeParts>();
  blobs: VariableBlobs | null = null;

  newWorkspace(): Promise<string | null> {
    return Promise.resolve(null);
  }

  leaveWorkspace(workspace: string): Promise<void> {
    return rm(workspace, { recursive: true });
  }

  open(place: WorldlinePlace): Promise<FakeParts> {
    const parts = new FakeParts(place, () => {
      if (this.blobs === null) throw new Error('The host was given no blob store.');
      return this.blobs;
    });
    this.parts.set(place.id, parts);
    return Promise.resolve(parts);
  }

  of(worldline: string): FakeParts {
    const parts = this.parts.get(worldline);
    if (parts === undefined) throw new Error(`Worldline ${worldline} is not open.`);
    return parts;
  }
}

/** A cell that ran, with the fields that a test cares about. */
export function ran(cell: Partial<RanCell> = {}): RanCell {
  const now = Date.now();
  return {
    ...{ kind: 'python', source: 'pass', status: 'ok', started: now, ended: now, executionCount: 1 },
    ...{ cellId: null, outputs: [], turns: [], ...cell },
  };
}

function readDatabase(path: string): string[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const values: string[] = [];
  for (let at = HEADER; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    if (!sum(block).equals(block.subarray(0, 8))) throw new Error(`Block at ${at} is torn.`);
    values.push(block.toString('utf8', 12, 12 + block.readUInt32LE(8)));
  }
  return values;
}

function writeDatabase(path: string, values: readonly string[], iteration: bigint): void {
  const header = Buffer.alloc(HEADER);
  header.writeBigUInt64LE(iteration, 4096 + 8);
  header.writeBigUInt64LE(BigInt(BLOCK), 4096 + 40);
  createHash('sha256').update(values.join('\0')).digest().copy(header, 8);
  const blocks = values.map((value) => {
    const block = Buffer.alloc(BLOCK);
    block.writeUInt32LE(block.write(value, 12), 8);
    sum(block).copy(block);
    return block;
  });
  writeFileSync(path, Buffer.concat([header, ...blocks]));
}

function sum(block: Buffer): Buffer {
  return createHash('sha256').update(block.subarray(8)).digest().subarray(0, 8);
}
