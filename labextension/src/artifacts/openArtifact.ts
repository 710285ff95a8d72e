import { MainAreaWidget } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import type { Requests } from '../../../kernel/src/contract.js';

type Content = Requests['artifact']['result'];

/** A tab that shows the file; null for a type that Lab can't show, which is to be downloaded. */
export async function createArtifactView(
  path: string,
  content: Content,
  rendermime: IRenderMimeRegistry,
): Promise<MainAreaWidget | null> {
  const view =
    content.mime === 'application/pdf' ? pdfView(content) : await renderedView(content, rendermime);
  if (!view) return null;
  view.addClass('wl-ArtifactView');
  const widget = new MainAreaWidget({ content: view });
  widget.title.label = PathExt.basename(path);
  widget.title.caption = path;
  widget.title.closable = true;
  return widget;
}

/** Gives the file to the browser to save. */
export function downloadArtifact(path: string, content: Content): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(toBlob(content));
  link.download = PathExt.basename(path);
  link.click();
  URL.revokeObjectURL(link.href);
}

async function renderedView(content: Content, rendermime: IRenderMimeRegistry): Promise<Widget | null> {
  const mime =
    content.mime === 'text/csv' || content.mime === 'application/json' ? 'text/plain' : content.mime;
  const data = mime.startsWith('text/') ? await toBlob(content).text() : content.base64;
  // The file was made in the sandbox, so it's shown as untrusted: Lab cleans it.
  const model = new MimeModel({ data: { [mime]: data }, trusted: false });
  const preferred = rendermime.preferredMimeType(model.data, 'any');
  if (preferred === undefined) return null;
  const view = rendermime.createRenderer(preferred);
  await view.renderModel(model);
  return view;
}

function pdfView(content: Content): Widget {
  const view = new Widget();
  const url = URL.createObjectURL(toBlob(content));
  const frame = document.createElement('embed');
  frame.type = 'application/pdf';
  frame.src = url;
  view.node.append(frame);
  view.disposed.connect(() => {
    URL.revokeObjectURL(url);
  });
  return view;
}

function toBlob({ mime, base64 }: Content): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: mime });
}
