import { readArtifact, type Artifact } from '@worldline/sandbox';
import type { Display } from '../mime.js';
import { bytes } from './format.js';
import { escapeHtml } from './html.js';

/** Bytes up to which an image is shown in place; a larger one is listed. */
const MAX_IMAGE = 5_000_000;

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
};

/** What a cell's files show: raster images in place, the rest as one list with sizes. */
export async function artifactDisplays(
  workspace: string,
  artifacts: readonly Artifact[],
): Promise<Display[]> {
  const displays: Display[] = [];
  const listed: Artifact[] = [];
  for (const artifact of artifacts) {
    const mime = imageType(artifact.path);
    if (mime === undefined || artifact.bytes > MAX_IMAGE) {
      listed.push(artifact);
      continue;
    }
    const content = await readArtifact(workspace, artifact.path, MAX_IMAGE);
    displays.push({
      data: {
        [mime]: content.toString('base64'),
        'text/plain': `${artifact.path} (${bytes(artifact.bytes)})`,
      },
    });
  }
  if (listed.length > 0) displays.push(listDisplay(listed));
  return displays;
}

/** The MIME type of an image that a front end shows without running anything in it (so no SVG). */
export function imageType(path: string): string | undefined {
  return IMAGE_TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

function listDisplay(artifacts: readonly Artifact[]): Display {
  const items = artifacts.map((artifact) => `${artifact.path} (${artifact.type}, ${bytes(artifact.bytes)})`);
  return {
    data: {
      'text/plain': `Files: ${items.join(', ')}`,
      'text/html': `<p style="opacity:.65"><small>Files: ${escapeHtml(items.join(', '))}</small></p>`,
    },
  };
}
