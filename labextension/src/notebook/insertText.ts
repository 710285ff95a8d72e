import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

/** Puts text where the cursor is in the active cell, or at its end where that is before a magic; and brings it into sight. */
export async function insertText({ content }: NotebookPanel, text: string): Promise<void> {
  await content.scrollToItem(content.activeCellIndex);
  const editor = content.activeCell?.editor;
  if (!editor) return;
  const { source } = editor.model.sharedModel;
  // There the cursor is until somebody turns to the cell, and nothing can stand there.
  const atStart = editor.getOffsetAt(editor.getCursorPosition()) === 0;
  if (atStart && source.startsWith('%'))
    editor.setCursorPosition(editor.getPositionAt(source.length) ?? { line: 0, column: 0 });
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
