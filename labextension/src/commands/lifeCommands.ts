import { CommandIds } from '../commandIds.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { askName } from './askName.js';
import { chooseWorldline, worldlineOf } from './chooseWorldline.js';
import { confirmed } from './confirmed.js';
import { about, isAboutOther, text } from './target.js';

/** What becomes of a worldline as a whole: its name, its end and its return, and what it has come to. */
export function addLifeCommands(services: Services): void {
  const { trans } = services;

  addCommand(services, CommandIds.rename, {
    label: trans.__('Rename Worldline…'),
    failure: trans.__('The worldline was not renamed'),
    execute: async (session, args) => {
      const worldline = await worldlineOf(services, session, args, trans.__('Rename which worldline?'));
      if (!worldline) return;
      const name = text(args, 'name') ?? (await askName(trans.__('Rename'), worldline.name, trans));
      if (name !== null) await session.request('rename', { worldline: worldline.id, name });
    },
  });
  addCommand(services, CommandIds.delete, {
    label: trans.__('Delete Worldline…'),
    isEnabled: (session) => session.graph.worldlines.length > 1,
    failure: trans.__('The worldline was not deleted'),
    execute: async (session, args) => {
      const worldline = await worldlineOf(services, session, args, trans.__('Delete which worldline?'));
      if (!worldline) return;
      // The active one cannot be deleted: the kernel says so, and nobody has to be sure of it before.
      const sure =
        worldline.id === session.graph.activeId ||
        (await confirmed(
          trans.__('Delete “%1”?', worldline.name),
          trans.__('What it shares with others stays. It can be brought back until the store is cleaned up.'),
          trans.__('Delete'),
          trans,
        ));
      if (sure) await session.request('delete', { worldline: worldline.id });
    },
  });
  addCommand(services, CommandIds.restore, {
    label: trans.__('Restore a Deleted Worldline…'),
    isEnabled: (session) => session.graph.deletedWorldlines.length > 0,
    failure: trans.__('The worldline was not restored'),
    execute: async (session, args) => {
      const worldline =
        text(args, 'worldline') ??
        (await chooseWorldline(session.graph.deletedWorldlines, trans.__('Restore worldline')));
      if (worldline !== null) await session.request('delete', { worldline, restore: true });
    },
  });
  addCommand(services, CommandIds.adopt, {
    label: trans.__('Adopt Worldline'),
    caption: trans.__('Give the active worldline what this one has come to'),
    isEnabled: (session, args) => isAboutOther(services, session, args),
    failure: trans.__('The worldline was not adopted'),
    execute: async (session, args) => {
      const worldline =
        about(services, args, 'worldline') ??
        (await chooseWorldline(session.graph.otherWorldlines, trans.__('Adopt which worldline?')));
      if (worldline !== null) await session.request('adopt', { worldline });
    },
  });
  addCommand(services, CommandIds.reload, {
    label: trans.__('Read the Worldlines Anew'),
    failure: trans.__('The worldlines could not be read'),
    execute: (session) => session.reload(),
  });
}
