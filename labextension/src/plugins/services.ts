import { ILabShell, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { addCellLanguages } from '../highlight/addCellLanguages.js';
import { Sessions } from '../session/Sessions.js';
import type { Services } from '../shared/Services.js';
import { IServices } from './tokens.js';

/** Finds the notebooks that run on our kernel. All other plugins build on it. */
export const services: JupyterFrontEndPlugin<Services> = {
  id: '@worldline/labextension:services',
  description: 'Finds the notebooks that run on the Worldline kernel.',
  requires: [INotebookTracker, IRenderMimeRegistry, IEditorLanguageRegistry],
  optional: [ITranslator, IThemeManager, ILabShell],
  provides: IServices,
  activate: (
    app,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    languages: IEditorLanguageRegistry,
    translator: ITranslator | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('worldline');
    addCellLanguages(languages, trans);
    return {
      app,
      sessions: new Sessions(tracker),
      rendermime,
      languages,
      trans,
      themeChanged: themes?.themeChanged ?? new Signal<object, unknown>({}),
      area: labShell ? 'main' : 'down',
    };
  },
};
