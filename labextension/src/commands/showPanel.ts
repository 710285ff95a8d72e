import { CommandIds } from '../commandIds.js';
import type { Services } from '../shared/Services.js';
import { SIDEBAR_ID } from '../sidebar/sidebar.js';

/** It is there while any notebook of ours is open, in front or not, as the sidebar is. */
export function addShowPanel({ app, sessions, trans }: Services): void {
  app.commands.addCommand(CommandIds.showPanel, {
    label: trans.__('Show Worldlines'),
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => sessions.any,
    execute: () => {
      app.shell.activateById(SIDEBAR_ID);
    },
  });
}
