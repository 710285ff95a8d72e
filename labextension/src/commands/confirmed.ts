import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Asks before something that can't be taken for granted. */
export async function confirmed(
  title: string,
  body: string,
  accept: string,
  trans: TranslationBundle,
): Promise<boolean> {
  const { button } = await showDialog({
    title,
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: accept })],
  });
  return button.accept;
}
