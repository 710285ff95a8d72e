import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

/** Puts text where the cursor is in the active cell, and brings that into sight. */
export async function insertText({ content }: NotebookPanel, text: string): Promise<void> {
  await content.scrollToItem(content.activeCellIndex);
  const editor = content.activeCell?.editor;
  if (!editor) return;
  editor.replaceSelection?.(text);
  content.mode = 'edit';
  editor.focus();
}

/** Adds code cells below the cell at an index, and makes the first of them the active one. */
export function insertCellsBelow(panel: NotebookPanel, index: number, sources: readonly string[]): void {
  const { model } = panel;
  if (!model || sources.length === 0) return;
  const cells = sources.map((source) => ({ cell_type: 'code' as const, source, metadata: {} }));
  model.sharedModel.insertCells(index + 1, cells);
  panel.content.activeCellIndex = index + 1;
  void NotebookActions.focusActiveCell(panel.content);
}
