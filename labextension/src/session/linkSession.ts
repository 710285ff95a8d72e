import { METADATA, readKept } from '../notebook/storedCells.js';
import type { Hello } from './KernelLink.js';
import type { NotebookSession } from './NotebookSession.js';

/**
 * Keeps the id of the notebook's session in the notebook. Where the notebook brings another one, it was moved, renamed or
 * copied: then the kernel is told where its earlier worldlines are.
 */
export async function linkSession(session: NotebookSession, hello: Hello): Promise<void> {
  const { model } = session.panel;
  const from = readKept(model?.getMetadata(METADATA)).session;
  if (from === hello.session) return;
  const now = from === null ? hello : await session.request('link', { session: from });
  model?.setMetadata(METADATA, { ...readKept(model.getMetadata(METADATA)), session: now.session });
}
