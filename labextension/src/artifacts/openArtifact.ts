import { PathExt } from '@jupyterlab/coreutils';
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { fileIcon, imageIcon, markdownIcon, pdfIcon, type LabIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { Requests } from '../../../kernel/src/contract.js';

/** Endings of files that are shown as text. */
const TEXT = ['.csv', '.json', '.log', '.py', '.sql', '.tsv', '.txt', '.yaml', '.yml'];

/** Endings of files whose rows are shown. */
const TABLES = ['.csv', '.parquet', '.tsv'];

type Content = Requests['artifact']['result'];

/** The icon of a file's tab. */
export function iconOf(path: string, content: Content): LabIcon {
  const mime = typeOf(path, content.mime);
  if (mime.startsWith('image/')) return imageIcon;
  return mime === 'text/markdown' ? markdownIcon : mime === 'application/pdf' ? pdfIcon : fileIcon;
}

/** Whether a file holds a table, as its name says. */
export function isTable(path: string): boolean {
  return TABLES.includes(PathExt.extname(path).toLowerCase());
}

/** A view of the file; null for a type that Lab can't show, which is to be downloaded. */
export async function createArtifactView(
  path: string,
  content: Content,
  rendermime: IRenderMimeRegistry,
): Promise<Widget | null> {
  const mime = typeOf(path, content.mime);
  const view = await viewOf(mime, path, content, rendermime);
  view?.addClass('wl-ArtifactView');
  return view;
}

/** Gives the file to the browser to save. */
export function downloadArtifact(path: string, content: Content): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(toBlob(content));
  link.download = PathExt.basename(path);
  link.click();
  URL.revokeObjectURL(link.href);
}

async function viewOf(
  mime: string,
  path: string,
  content: Content,
  rendermime: IRenderMimeRegistry,
): Promise<Widget | null> {
  if (mime === 'application/pdf') return pdfView(content);
  return mime.startsWith('image/') ? imageView(path, content) : renderedView(mime, content, rendermime);
}

async function renderedView(
  mime: string,
  content: Content,
  rendermime: IRenderMimeRegistry,
): Promise<Widget | null> {
  const data = mime.startsWith('text/') ? await toBlob(content).text() : content.base64;
  // The file was made in the sandbox, so it's shown as untrusted: Lab cleans it.
  const model = new MimeModel({ data: { [mime]: data }, trusted: false });
  const preferred = rendermime.preferredMimeType(model.data, 'any');
  if (preferred === undefined) return null;
  const view = rendermime.createRenderer(preferred);
  await view.renderModel(model);
  return view;
}

/** By the ending where the kernel knows no type. What's text but not Markdown is shown as plain text. */
function typeOf(path: string, mime: string): string {
  if (mime.startsWith('image/')) return mime;
  const ending = PathExt.extname(path).toLowerCase();
  if (ending === '.pdf' || mime === 'application/pdf') return 'application/pdf';
  if (ending === '.md' || mime === 'text/markdown') return 'text/markdown';
  return TEXT.includes(ending) || mime.startsWith('text/') ? 'text/plain' : mime;
}

function pdfView(content: Content): Widget {
  const frame = document.createElement('embed');
  frame.type = 'application/pdf';
  return viewIn(frame, { ...content, mime: frame.type });
}

/** No script in an SVG file runs in an image. */
function imageView(path: string, content: Content): Widget {
  const image = document.createElement('img');
  image.alt = path;
  return viewIn(image, content);
}

function viewIn(element: HTMLEmbedElement | HTMLImageElement, content: Content): Widget {
  const view = new Widget();
  const url = URL.createObjectURL(toBlob(content));
  element.src = url;
  view.node.append(element);
  view.disposed.connect(() => {
    URL.revokeObjectURL(url);
  });
  return view;
}

function toBlob({ mime, base64 }: Content): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: mime });
}
