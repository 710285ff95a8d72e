import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Says why the kernel refuses the settings, until it takes them: beside what one does and not in its way, as a size is refused
 * while it is being typed. Gives the function that is told each time; all notebooks share one notice.
 */
export function settingsNotice(trans: TranslationBundle): (refusal: string | null) => void {
  let shown: string | null = null;
  return (refusal) => {
    if (refusal === null) {
      if (shown !== null) Notification.dismiss(shown);
      shown = null;
      return;
    }
    const message = trans.__('The kernel keeps the settings that it had: %1', refusal);
    if (shown === null || !Notification.update({ id: shown, message }))
      shown = Notification.warning(message, { autoClose: false });
  };
}
