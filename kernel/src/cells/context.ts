import type { ExecuteRequest } from '../jupyter/engine.js';
import type { Kernel } from './Kernel.js';
import type { RecordingRun } from './checkpoint/RecordingRun.js';
import type { Runtime } from './Runtime.js';

/** What one cell runs with. The worldline is the one that was active when the cell began. */
export interface CellContext {
  readonly kernel: Kernel;
  readonly runtime: Runtime;
  readonly run: RecordingRun;
  readonly request: ExecuteRequest;
  /** The whole text of the cell, for carets. */
  readonly source: string;
}
