import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Asks for a worldline's name; null where the user cancelled. */
export async function askName(
  title: string,
  suggestion: string,
  trans: TranslationBundle,
): Promise<string | null> {
  const { value, button } = await InputDialog.getText({
    title,
    label: trans.__('Name of the worldline'),
    text: suggestion,
    selectionRange: suggestion.length,
  });
  const name = value?.trim().replace(/\s+/g, '-') ?? '';
  return button.accept && name !== '' ? name : null;
}
