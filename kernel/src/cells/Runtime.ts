import { lchown, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  listArtifacts,
  type ExecuteOptions,
  type FrameNames,
  type ListedArtifact,
  type PythonExports,
  type PythonSession,
} from '@worldline/sandbox';
import type { Author, Database, Exported, Readable } from '../database/types.js';
import type {
  CapturedVariables,
  LostVariable,
  Parts,
  VariablesCapture,
  WorldlinePlace,
} from '../worldlines/types.js';
import { advised } from './advised.js';
import { UserError } from './errors.js';
import { Frames } from './sql/Frames.js';
import { withParameters } from './sql/parameters.js';
import { Handles } from './ask/Handles.js';
import { DataLinks } from './links.js';

/** What a runtime needs of the kernel: how to start its two processes, and what they may read. */
export interface RuntimeServices {
  openDatabase(place: WorldlinePlace): Database;
  openPython(place: WorldlinePlace): Promise<PythonSession>;
  readable(): Readable;
  /** Entries of the notebook's folder that are reached by name where the folder as a whole may not be read. */
  beside(): readonly string[];
  /** Told when a sandbox has started with variables of a checkpoint. */
  variablesRestored(): void;
  /** Told when the runtime has stopped. */
  closed(): void;
}

/** The hidden folder of a workspace through which SQL and Python hand each other tables. */
const EXCHANGE = '.worldline/exchange';

/** The running parts of one worldline: its database, its Python, its workspace. Both start on first use. */
export class Runtime implements Parts {
  #frames: Frames;
  #handles: Handles;
  readonly #links: DataLinks;
  #database: Database | null = null;
  #python: PythonSession | null = null;
  #opening: Promise<PythonSession> | null = null;
  #exchanged = 0;
  /** Variables that the next sandbox begins with. */
  #waiting: CapturedVariables | null = null;
  readonly #lost: LostVariable[] = [];
  #answered: string | null = null;

  constructor(
    readonly place: WorldlinePlace,
    private readonly services: RuntimeServices,
  ) {
    this.#frames = new Frames(this);
    this.#handles = new Handles(this);
    this.#links = new DataLinks(place.workspace);
  }

  get workspace(): string {
    return this.place.workspace;
  }

  get database(): Database {
    return (this.#database ??= this.services.openDatabase(this.place));
  }

  /** Resolves at once where Python was used before. Throws where there is no sandbox to be had. */
  python(): Promise<PythonSession> {
    this.#opening ??= this.#openPython();
    return this.#opening;
  }

  get pythonState(): PythonSession['state'] {
    return this.#python?.state ?? 'none';
  }

  /** Whether there may be variables: also those that wait for a sandbox. */
  get mayHaveVariables(): boolean {
    return this.pythonState !== 'none' || this.#waiting !== null;
  }

  /** Brings the links to the data folders up to date; called before each cell. */
  async prepare(): Promise<void> {
    await this.#links.update(this.services.readable().folders, this.services.beside());
  }

  /** Later SQL, also that of Python, can name this result by its handle. */
  keepResult(handle: string, result: string): Promise<void> {
    return this.#handles.keep(handle, result);
  }

  /**
   * Makes results of steps and DataFrames that the SQL names visible to it, the frames as they are now. `take` is how code
   * that is running hands its frames over.
   */
  async offerFrames(sql: string, take?: PythonExports): Promise<void> {
    const hasFrames = this.pythonState !== 'none';
    if (this.#handles.isEmpty && !hasFrames) return;
    const sources = await this.database.sources(sql);
    await this.#handles.offer(sources);
    if (hasFrames) await this.#frames.offer(sources, (name) => this.#handles.has(name), take);
  }

  /** What SQL can read of Python like tables, as it is now; nothing while a cell runs. */
  async pythonFrames(): Promise<readonly FrameNames[]> {
    return this.pythonState === 'ready' ? (await this.python()).frames() : [];
  }

  /** Whether SQL knows a result of a step by this name. */
  isHandle(name: string): boolean {
    return this.#handles.has(name);
  }

  /** Whether SQL has a name from Python: what it knows of it may be old. */
  isFrame(name: string): boolean {
    return this.#frames.has(name);
  }

  /** A fresh file for a table on its way between SQL and Python. */
  async exchangeFile(): Promise<{ absolute: string; relative: string }> {
    const relative = `${EXCHANGE}/${++this.#exchanged}-${Date.now().toString(36)}.parquet`;
    const absolute = join(this.workspace, relative);
    await mkdir(dirname(absolute), { recursive: true });
    await giveToOwner(this.workspace, ['.worldline', EXCHANGE]);
    return { absolute, relative };
  }

  /**
   * What answers `sql("…")` in Python: the query goes through the gate of whoever wrote the code. `onNote`: told once of
   * each thing worth knowing of how files were read.
   */
  sqlForPython(
    author: Author,
    signal: AbortSignal,
    onNote: (note: string) => void = () => undefined,
  ): NonNullable<ExecuteOptions['sql']> {
    const told = new Set<string>();
    return async (query, _exchange, exports) => {
      // Python has read the answer to its last call before it makes another.
      if (this.#answered !== null) await rm(this.#answered, { force: true });
      await this.offerFrames(query, exports);
      const { absolute, relative } = await this.exchangeFile();
      this.#answered = absolute;
      const run = (given: { readonly parameters?: string }): Promise<Exported> =>
        this.database.toParquet(query, absolute, { author, signal, byCode: true, ...given });
      // A value may name what the gate would refuse to the model.
      const { note } = author === 'model' ? await run({}) : await withParameters(this, query, run, exports);
      if (note !== undefined && !told.has(note)) {
        told.add(note);
        onNote(note);
      }
      return relative;
    };
  }

  changed(): ReturnType<Parts['changed']> {
    return {
      database: this.#database?.changed() ?? false,
      variables: this.#python?.variablesChanged ?? false,
    };
  }

  async flushDatabase(): ReturnType<Parts['flushDatabase']> {
    if (this.#database === null || !this.#database.changed()) return null;
    if (!(await this.#database.flush()).changed) return null;
    return { tables: await this.#database.keptTables() };
  }

  async closeDatabase(): Promise<void> {
    const database = this.#database;
    this.#database = null;
    this.#frames = new Frames(this);
    this.#handles = new Handles(this);
    await database?.close();
  }

  async captureVariables(): Promise<VariablesCapture | null> {
    if (this.#python === null) return null;
    const snapshot = await advised(this.#python.snapshot());
    return snapshot === null ? null : { variables: snapshot.variables, done: advised(snapshot.done) };
  }

  async restoreVariables(
    snapshot: CapturedVariables | null,
  ): Promise<{ readonly lost: readonly LostVariable[] }> {
    await this.#frames.forget();
    this.#waiting = null;
    if (this.#python !== null) return this.#python.restore(snapshot);
    if (snapshot === null) return { lost: [] };
    // Where there is no sandbox now, tables and files come back all the same, and the variables with the next one.
    this.#waiting = snapshot;
    try {
      await this.python();
    } catch (error) {
      if (error instanceof UserError) return { lost: [] };
      throw error;
    }
    return { lost: this.#lost.splice(0) };
  }

  async workspaceRestored(): Promise<void> {
    await this.#handles.forget();
    await this.#frames.forget();
    await rm(join(this.workspace, EXCHANGE), { recursive: true, force: true });
    await this.prepare();
  }

  async close(): Promise<void> {
    await Promise.all([this.closeDatabase(), this.#python?.close()]);
    this.#python = null;
    this.#opening = null;
    this.services.closed();
  }

  /** What may be read has changed: both processes are told, and lose nothing. */
  async readableChanged(): Promise<void> {
    const readable = this.services.readable();
    await this.prepare();
    await Promise.all([
      this.#database?.setReadable(readable),
      this.#python?.setDataFolders([...readable.folders, ...readable.files]),
    ]);
  }

  /** Writing SQL waits until then; it never rejects for that. */
  holdWrites(until: Promise<unknown>): void {
    this.#database?.holdWrites(until);
  }

  /** Files that cells made in the workspace. */
  artifacts(): Promise<ListedArtifact[]> {
    return listArtifacts(this.workspace);
  }

  async #openPython(): Promise<PythonSession> {
    try {
      const python = await this.services.openPython(this.place);
      const waiting = this.#waiting;
      if (waiting !== null) this.#lost.push(...(await python.restore(waiting)).lost);
      this.#waiting = null;
      this.#python = python;
      if (waiting !== null) this.services.variablesRestored();
      return python;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }
}

/** Where the kernel runs as root, code in the sandbox does not: what it is to write to must belong to the workspace's owner. */
async function giveToOwner(workspace: string, paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(workspace);
  for (const path of paths) await lchown(join(workspace, path), uid, gid);
}
