/** A directory of the host that a sandbox may read, mounted at its own absolute path with hidden entries masked. */
export type DataFolder = string;

export interface Limits {
  /** Bytes of memory; no extra swap. */
  readonly memory: number;
  readonly cpus: number;
  readonly pids: number;
  /** Bytes of /tmp. */
  readonly tmpSize: number;
  /** Bytes that the workspace may hold. */
  readonly workspaceSize: number;
}

/** A folder that outlives its containers: the working directory of the code, mounted at its own absolute path. */
export interface Workspace {
  readonly path: string;
}

export type SandboxEvent =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display';
      readonly data: Record<string, unknown>;
      readonly metadata: Record<string, unknown>;
      readonly displayId?: string;
      readonly update: boolean;
    }
  | {
      readonly type: 'result';
      readonly data: Record<string, unknown>;
      readonly metadata: Record<string, unknown>;
    }
  | { readonly type: 'clear'; readonly wait: boolean }
  /** Something the person should know: variables lost, output cut, a container replaced. */
  | {
      readonly type: 'notice';
      readonly text: string;
      /** It tells of a time limit that the code went past, all the way to its end. */
      readonly timedOut?: true;
    };

export interface ExecuteOptions {
  /** A name for tracebacks, such as `Cell [3]`. */
  readonly cell: string;
  readonly onEvent: (event: SandboxEvent) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds; none by default. */
  readonly timeout?: number;
  /** Sentences to follow where the timeout is told: how to get more time. */
  readonly timeoutAdvice?: readonly string[];
  /** Answers `input()`; where absent, `input()` raises at once. */
  readonly input?: (prompt: string, password: boolean) => Promise<string>;
  /**
   * Answers `sql("…")`: writes the result as Parquet into the workspace and gives its path relative to it.
   * `exchange` is the hidden folder to write into; `exports` are those of the session, for use until it is answered: they
   * see the names that the code which asks sees.
   */
  readonly sql?: (query: string, exchange: string, exports: PythonExports) => Promise<string>;
}

export interface Artifact {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly type: 'image' | 'csv' | 'md' | 'pdf' | 'file';
  readonly bytes: number;
  /** Of a figure that the cell showed as well. */
  readonly shown?: boolean;
}

export type ExecuteResult =
  | { readonly status: 'ok'; readonly milliseconds: number; readonly artifacts: readonly Artifact[] }
  | {
      readonly status: 'error' | 'interrupted';
      readonly milliseconds: number;
      readonly artifacts: readonly Artifact[];
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly shape: string | null;
  readonly bytes: number | null;
  readonly preview: string;
}

export interface FrameNames {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What a namespace snapshot is made of: a small description, and content-addressed buffers. */
export interface VariablesSnapshot {
  /** JSON; opaque to everyone but the runner. */
  readonly manifest: Uint8Array;
  /** Content ids of the blobs that the manifest refers to. */
  readonly blobs: readonly string[];
  /** Bytes that this snapshot added to the blob store. */
  readonly bytesAdded: number;
  readonly lost: readonly LostVariable[];
  /**
   * A digest of what a variable holds, for those that have one: equal where it did not change, in whatever container it
   * was. To restore, none are needed.
   */
  readonly digests: readonly (readonly [name: string, digest: string])[];
}
export interface LostVariable {
  readonly name: string;
  readonly reason: string;
}

/** Where variable buffers are kept on the host: files by content id in one folder, mounted read-only. */
export interface BlobStore {
  readonly folder: string;
  has(id: string): boolean;
  /**
   * Copies the open file into the store under the hash of what was read, and gives that id. The file may change meanwhile:
   * no more than `limit` bytes may be read of it.
   */
  adopt(
    file: import('node:fs/promises').FileHandle,
    limit?: number,
  ): Promise<{ id: string; bytes: number; added: boolean }>;
}

/** How Python's variables are handed over, in files below the workspace. */
export interface PythonExports {
  /** Writes the data frame `name` as Parquet to a path relative to the workspace; null where there is no such frame. */
  exportFrame(name: string, path: string): Promise<{ fingerprint: string } | null>;
  /**
   * Writes variables that are single values, or lists of them, as one row of Parquet with a column for each; no file where
   * some are `missing`. Rejects with a PythonError that names the variable for other types.
   */
  exportValues(names: readonly string[], path: string): Promise<{ missing: readonly string[] }>;
}

/**
 * Python for one worldline. One execution at a time: a second waits. A container is started on first use and again
 * after it was reaped, killed or removed; the variables then come back from the last snapshot.
 */
export interface PythonSession extends PythonExports {
  readonly workspace: Workspace;
  readonly state: 'none' | 'starting' | 'ready' | 'running' | 'reaped' | 'unavailable';
  /** Whether variables may differ from what was last captured or restored. */
  readonly variablesChanged: boolean;
  /** Starts the container ahead of need, with the variables in it. What there is to say of that comes with the next cell. */
  start(): Promise<void>;
  execute(code: string, options: ExecuteOptions): Promise<ExecuteResult>;
  complete(
    code: string,
    cursor: number,
  ): Promise<{ matches: { text: string; type?: string; signature?: string }[]; start: number; end: number }>;
  inspect(code: string, cursor: number, detail: 0 | 1): Promise<Record<string, unknown> | null>;
  isComplete(
    code: string,
  ): Promise<{ status: 'complete' | 'incomplete' | 'invalid' | 'unknown'; indent: string }>;
  variables(): Promise<Variable[]>;
  /** The data frames that `exportFrame` takes, with the names of their columns; none where there is no container, or a cell runs. */
  frames(): Promise<FrameNames[]>;
  /** Reads a Parquet file of the workspace into the DataFrame `name`. */
  importFrame(name: string, path: string): Promise<void>;
  /**
   * Captures the variables: resolves when they are safe from later changes, after a pause of so many milliseconds; `done`
   * when they are in the blob store. Null where they are those of the last snapshot, or there is no container.
   */
  snapshot(): Promise<{
    pause: number;
    variables: readonly Variable[];
    done: Promise<VariablesSnapshot>;
  } | null>;
  /** Replaces all variables by those of a snapshot, or by none. */
  restore(snapshot: VariablesSnapshot | null): Promise<{ lost: readonly LostVariable[] }>;
  /** Changes the data folders: a running container is replaced, its variables carried over. */
  setDataFolders(folders: readonly DataFolder[]): Promise<void>;
  close(): Promise<void>;
}

export interface SandboxManager {
  /** Makes a workspace, taking over a spare container's where one stands ready. */
  newWorkspace(): Promise<Workspace>;
  /**
   * Gives a workspace back that nobody uses any more, with all that is in it: its folder goes, or is the next one's with the
   * container that was started ahead for it, where no code has run in that.
   */
  leave(workspace: Workspace): Promise<void>;
  /** The session of a workspace; the same one for the same workspace. */
  session(workspace: Workspace, options: { dataFolders: readonly DataFolder[]; name: string }): PythonSession;
  /** Starts a spare container ahead of need, for these data folders, or those of the last session. */
  warm(dataFolders?: readonly DataFolder[]): void;
  /** Starts no spare until the result is called: while several containers start at once, it would slow those down. */
  holdSpare(): () => void;
  /** Limits of containers from now on. One that runs is replaced before its next cell, its variables carried over. */
  setLimits(limits: Limits): void;
  /** Resolves when a spare that is under way stands ready, all of it warm; at once where there is none, or it failed. */
  spareReady(): Promise<void>;
  /**
   * Is the engine there, and the image? With `folders`, which takes a container, also: has it the folders of this machine? With
   * what to do if not; a warning where it works, but keeps not all of the limits.
   */
  check(options?: { readonly folders?: boolean }): Promise<
    | {
        readonly ok: true;
        readonly engine: string;
        readonly warning: { readonly problem: string; readonly fix: string } | null;
      }
    | { readonly ok: false; readonly problem: string; readonly fix: string }
  >;
  /** Removes containers whose kernel is gone; gives their names. */
  removeOrphans(): Promise<string[]>;
  close(): Promise<void>;
}
