import type { Artifact } from '../types.js';
import { kindOf } from './kinds.js';
import { isPresentable, scan } from './scan.js';

/** A file of a workspace with the time it was last changed, in milliseconds since the epoch. */
export interface ListedArtifact extends Artifact {
  readonly modified: number;
}

/** The visible regular files of a workspace, newest first. Links are not followed. */
export async function listArtifacts(workspace: string): Promise<ListedArtifact[]> {
  const { files } = await scan(workspace);
  return [...files]
    .filter(([path]) => isPresentable(path))
    .map(([path, { bytes, modified }]) => ({ path, type: kindOf(path), bytes, modified }))
    .sort((a, b) => b.modified - a.modified);
}
