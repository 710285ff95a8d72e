import { CommandIds } from '../commandIds.js';
import { SchemaDiagram } from '../data/SchemaDiagram.js';
import { FIRST_ROWS, openGrid } from '../grid/openGrid.js';
import { insertText } from '../notebook/insertText.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';
import { worldlineIcon } from '../shared/icons.js';
import { openBeside } from '../shared/openBeside.js';
import { addCommand } from './addCommand.js';
import { chooseOne } from './chooseOne.js';
import { about } from './target.js';

/** Tables: their rows, their names in cells, and how they hang together. */
export function addTableCommands(services: Services): void {
  const { trans } = services;
  const chooseTable = async (session: NotebookSession, title: string) => {
    const { tables } = await session.request('tables', {});
    const names = tables.map(({ name }) => name);
    return chooseOne(title, names, trans.__('This worldline has no tables yet.'));
  };

  addCommand(services, CommandIds.previewTable, {
    label: trans.__('Preview Table'),
    failure: trans.__('The table can’t be shown'),
    execute: async (session, args) => {
      const table =
        about(services, args, 'table') ?? (await chooseTable(session, trans.__('Preview which table?')));
      if (table === null) return;
      const first = await session.request('preview', { table, count: FIRST_ROWS });
      openGrid(services, session, first, { key: `table:${table}`, label: table, icon: worldlineIcon });
    },
  });
  addCommand(services, CommandIds.insertName, {
    label: trans.__('Insert Name Into the Cell'),
    failure: trans.__('Nothing was inserted'),
    execute: async (session, args) => {
      const name =
        about(services, args, 'name') ?? (await chooseTable(session, trans.__('Insert which table’s name?')));
      if (name !== null) await insertText(session.panel, name);
    },
  });
  addCommand(services, CommandIds.schemaDiagram, {
    label: trans.__('Show Schema Diagram'),
    failure: trans.__('The diagram can’t be shown'),
    execute: (session) => {
      openBeside(services, session, new SchemaDiagram(session, services), {
        key: 'diagram',
        label: trans.__('Tables of %1', session.panel.title.label),
        icon: worldlineIcon,
      });
      return Promise.resolve();
    },
  });
}
