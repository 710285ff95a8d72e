import type { Display } from '../mime.js';
import type { ArtifactInfo, TableInfo } from '../contract.js';
import type { Page, StatementResult } from '../database/types.js';
import type { ExecuteResult, SandboxEvent, Variable } from '@worldline/sandbox';

/**
 * What the tools act through. The kernel implements them over its database and sandbox. A port rejects with an error
 * whose message helps to repair what was asked; on an abort it rejects or returns within a second.
 */
export interface Ports {
  readonly sql: SqlPort;
  /** Null where there is no sandbox; `problem` says why and what to do. */
  readonly python: PythonPort | { readonly problem: string };
  readonly data: DataPort;
  readonly ask: AskPort;
  /** Null where a run may not branch: inside of a branch. */
  readonly explore: ExplorePort | null;
}

/** Those of them that act on a worldline. */
export type WorkPorts = Pick<Ports, 'sql' | 'python' | 'data'>;

export interface SqlPort {
  /** Runs statements as the model: behind the gate, with a deadline in milliseconds. Rows of the first page: `limit`. */
  query(
    sql: string,
    options: {
      readonly limit: number;
      readonly signal: AbortSignal;
      readonly deadline?: number;
      /** Called as each statement ends: those before one that fails have taken effect. */
      readonly onResult?: (result: StatementResult) => void;
    },
  ): Promise<readonly StatementResult[]>;
  /** More rows of a result of `query`. */
  page(result: string, offset: number, count: number): Promise<Page>;
  /** DuckDB's own list of the tables and files that a query reads; empty for one over literals only. */
  tablesOf(sql: string): Promise<readonly string[]>;
  /** Would the gate take this for a statement that changes something? */
  writes(sql: string): Promise<boolean>;
  /** Makes the rows of a step known to later SQL under its handle. */
  keep?(handle: string, result: StatementResult & { kind: 'rows' }): Promise<void>;
  /** How a person sees a result. */
  display(result: StatementResult): Display;
}

export interface PythonPort {
  execute(
    code: string,
    options: {
      /** For tracebacks, such as `step r3`. */
      readonly cell: string;
      readonly onEvent: (event: SandboxEvent) => void;
      readonly signal: AbortSignal;
      readonly timeout?: number;
    },
  ): Promise<ExecuteResult>;
  variables(): Promise<readonly Variable[]>;
}

export interface FileEntry {
  /** As SQL and Python may name it: relative to the workspace, or absolute. */
  readonly path: string;
  readonly bytes: number;
}

export interface DataPort {
  tables(): Promise<readonly TableInfo[]>;
  /** Files of the data folders, without hidden ones. */
  files(): Promise<readonly FileEntry[]>;
  artifacts(): Promise<readonly ArtifactInfo[]>;
  /** How a person sees a file of the workspace or of a data folder. */
  showFile(path: string): Promise<Display>;
}

export interface AskPort {
  /** Asks the person; null where nobody can answer. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
}

export interface ExploreTask {
  readonly name: string;
  readonly task: string;
}
export interface ExplorePort {
  /** Runs each task in its own branch, side by side, and compares what came out. */
  explore(
    tasks: readonly ExploreTask[],
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<{ readonly text: string; readonly displays: readonly Display[]; readonly summary: string }>;
}
