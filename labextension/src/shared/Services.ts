import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { Sessions } from '../session/Sessions.js';

/** What every part of the extension is given. */
export interface Services {
  readonly app: JupyterFrontEnd;
  readonly sessions: Sessions;
  readonly rendermime: IRenderMimeRegistry;
  readonly languages: IEditorLanguageRegistry;
  readonly trans: TranslationBundle;
  /** Colours have changed; what draws on a canvas draws again. */
  readonly themeChanged: ISignal<unknown, unknown>;
  /** Where views beside the notebook go: Notebook 7 shows one document, and has room below it. */
  readonly area: 'main' | 'down';
}
