import { CommandIds } from '../commandIds.js';
import { CompareView } from '../compare/CompareView.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { compareIcon } from '../shared/icons.js';
import { openBeside } from '../shared/openBeside.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { chooseWorldline } from './chooseWorldline.js';
import { about, text } from './target.js';

/** Two worldlines side by side. */
export function addCompareCommands(services: Services): void {
  const { trans } = services;

  const other = async (session: NotebookSession, than: string | null) => {
    const choices = session.graph.worldlines.filter((each) => each.id !== than);
    if (choices.length === 1) return choices[0]?.id ?? null;
    return chooseWorldline(choices, trans.__('Compare with'));
  };

  addCommand(services, CommandIds.compare, {
    label: trans.__('Compare Worldlines…'),
    caption: trans.__('See two worldlines side by side'),
    icon: compareIcon,
    isEnabled: (session) => session.graph.worldlines.length > 1,
    failure: trans.__('The worldlines can’t be compared'),
    execute: async (session, args) => {
      const { graph } = session;
      // A script may name them as well.
      const idOf = (worldline: string | null) => worldline && (graph.worldline(worldline)?.id ?? worldline);
      const a = idOf(text(args, 'a')) ?? graph.activeId;
      const selected =
        args['selected'] === true && session.selected !== null ? graph.worldlineAt(session.selected) : null;
      const meant = idOf(text(args, 'b') ?? about(services, args, 'worldline') ?? selected);
      const b = meant !== null && meant !== a ? meant : await other(session, a);
      if (a === null || b === null) return;
      const label = `${graph.worldline(a)?.name ?? a} | ${graph.worldline(b)?.name ?? b}`;
      openBeside(services, session, new CompareView(session, services, a, b), {
        key: `compare:${a}|${b}`,
        label,
        icon: compareIcon,
      });
    },
  });
}
