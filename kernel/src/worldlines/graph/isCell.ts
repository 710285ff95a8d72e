import type { CheckpointRecord } from '../journal/records.js';

/** Whether a checkpoint is that of a cell, and neither where a worldline began nor a step of a run. */
export function isCell({ kind }: Pick<CheckpointRecord, 'kind'>): boolean {
  return kind !== 'root' && kind !== 'step';
}
