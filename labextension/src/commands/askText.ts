import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** Asks for text of several lines; null where the user cancelled. */
export async function askText(title: string, text: string, trans: TranslationBundle): Promise<string | null> {
  const { value, button } = await showDialog({
    title,
    body: new TextBody(text, title),
    focusNodeSelector: 'textarea',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Run') }),
    ],
  });
  return button.accept ? value : null;
}

class TextBody extends Widget implements Dialog.IBodyWidget {
  readonly #area = document.createElement('textarea');

  constructor(text: string, label: string) {
    super();
    this.addClass('wl-TextBody');
    this.#area.value = text;
    this.#area.rows = 12;
    this.#area.spellcheck = false;
    this.#area.setAttribute('aria-label', label);
    // Enter is a new line here, not the dialog's answer.
    this.#area.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.stopPropagation();
    });
    this.node.append(this.#area);
  }

  getValue(): string {
    return this.#area.value;
  }
}
