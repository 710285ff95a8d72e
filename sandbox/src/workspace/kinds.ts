import type { Artifact } from '../types.js';

const KINDS: Readonly<Record<string, Artifact['type']>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  svg: 'image',
  webp: 'image',
  csv: 'csv',
  md: 'md',
  pdf: 'pdf',
};

/** What an artifact is, by its name. */
export function kindOf(path: string): Artifact['type'] {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? 'file' : (KINDS[path.slice(dot + 1).toLowerCase()] ?? 'file');
}
