import { showErrorMessage } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { NotebookSession } from '../session/NotebookSession.js';
import { messageOf } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { sessionOf, type Args } from './target.js';

export interface Action {
  readonly label: string | ((args: Args) => string);
  readonly caption?: string;
  readonly icon?: LabIcon;
  readonly isEnabled?: (session: NotebookSession, args: Args) => boolean;
  readonly isToggled?: (args: Args, session: NotebookSession) => boolean;
  readonly execute: (session: NotebookSession, args: Args) => Promise<unknown>;
  /** Names the action in the message that says that it failed. */
  readonly failure: string;
}

/** Adds a command that is there for notebooks of ours only, and that says in words why it failed. */
export function addCommand(services: Services, id: string, action: Action): void {
  const { commands } = services.app;
  commands.addCommand(id, {
    label: (args) => (typeof action.label === 'string' ? action.label : action.label(args)),
    caption: action.caption ?? (typeof action.label === 'string' ? action.label : ''),
    icon: (args) => (args['toolbar'] === true || args['isToolbar'] === true ? action.icon : undefined),
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: (args) => sessionOf(services, args) !== null,
    isEnabled: (args) => {
      const session = sessionOf(services, args);
      return session?.link.status === 'ready' && (action.isEnabled?.(session, args) ?? true);
    },
    ...(action.isToggled && {
      isToggled: (args: Args) => {
        const session = sessionOf(services, args);
        return session !== null && (action.isToggled?.(args, session) ?? false);
      },
    }),
    execute: async (args) => {
      const session = sessionOf(services, args);
      if (!session) return;
      try {
        await action.execute(session, args);
      } catch (error) {
        await showErrorMessage(action.failure, messageOf(error));
      }
    },
  });
}
