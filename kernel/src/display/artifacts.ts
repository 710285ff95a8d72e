import { readArtifact, type Artifact } from '@worldline/sandbox';
import type { Display } from '../mime.js';
import { bytes, count } from '../counts.js';
import { escapeHtml } from './html.js';

/** Bytes up to which an image is shown in place; a larger one is listed. */
const MAX_IMAGE = 5_000_000;
/** Bytes of all images of a cell that are shown in place. */
const MAX_IMAGES = 20_000_000;
/** Files that are listed by name, at the end of a cell and where a person asks for the list. */
const MAX_LISTED = { some: 20, all: 1000 };

export interface ArtifactsShown {
  readonly listing: keyof typeof MAX_LISTED;
  /** Whether a picture, in base64, is on the page already: then it is listed as other files are. */
  readonly isSeen?: (picture: string) => boolean;
}

/** In the metadata of a display that only lists files. */
export const FILE_LIST = 'worldline_files';

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
};

/** What a cell's files show: raster images in place if they are to be, the rest as one list with sizes. */
export async function artifactDisplays(
  workspace: string,
  artifacts: readonly Artifact[],
  { listing, isSeen = () => false }: ArtifactsShown = { listing: 'some' },
): Promise<Display[]> {
  const displays: Display[] = [];
  const listed: Artifact[] = [];
  let left = MAX_IMAGES;
  for (const artifact of artifacts) {
    const mime = artifact.shown === true ? undefined : imageType(artifact.path);
    const content =
      mime === undefined ? null : await contentOf(workspace, artifact, Math.min(left, MAX_IMAGE));
    const picture = content?.toString('base64');
    if (mime === undefined || content === null || picture === undefined || isSeen(picture)) {
      listed.push(artifact);
      continue;
    }
    left -= content.length;
    displays.push({
      data: {
        [mime]: picture,
        'text/plain': `${artifact.path} (${bytes(artifact.bytes)})`,
      },
    });
  }
  if (listed.length > 0) displays.push(listDisplay(listed, listing));
  return displays;
}

/** Null for an image that is too large to be shown, or cannot be read. */
async function contentOf(workspace: string, { path, bytes }: Artifact, most: number): Promise<Buffer | null> {
  if (bytes > most) return null;
  try {
    return await readArtifact(workspace, path, most);
  } catch {
    // What the cell left running may have changed or removed it: the cell itself went well.
    return null;
  }
}

/** The MIME type of an image that a front end shows without running anything in it (so no SVG). */
export function imageType(path: string): string | undefined {
  return IMAGE_TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

function listDisplay(artifacts: readonly Artifact[], listing: ArtifactsShown['listing']): Display {
  const most = MAX_LISTED[listing];
  const items = artifacts
    .slice(0, most)
    .map((artifact) => `${artifact.path} (${artifact.type}, ${bytes(artifact.bytes)})`);
  const others =
    listing === 'some' ? 'others: %artifacts lists them' : `${count(artifacts.length - most)} others`;
  const text = `Files: ${items.join(', ')}${artifacts.length > most ? ` and ${others}` : ''}`;
  return {
    data: {
      'text/plain': text,
      'text/html': `<p style="opacity:.65"><small>${escapeHtml(text)}</small></p>`,
    },
    metadata: { [FILE_LIST]: true },
  };
}
