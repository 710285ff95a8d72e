import { METADATA, readKept } from '../notebook/storedCells.js';
import type { Hello } from './KernelLink.js';
import type { NotebookSession } from './NotebookSession.js';

/**
 * Keeps the ids of the notebook and of its session in the notebook. Where it brings another session, it was moved, renamed or
 * copied: by what it brings, the kernel finds its earlier worldlines.
 */
export async function linkSession(session: NotebookSession, hello: Hello): Promise<void> {
  const { model } = session.panel;
  const kept = readKept(model?.getMetadata(METADATA));
  const now = await session.request('link', {
    session: kept.session ?? hello.session,
    notebook: kept.notebook,
  });
  if (kept.session === now.session && kept.notebook === now.notebook) return;
  const { session: id, notebook } = now;
  model?.setMetadata(METADATA, { ...readKept(model.getMetadata(METADATA)), session: id, notebook });
}
