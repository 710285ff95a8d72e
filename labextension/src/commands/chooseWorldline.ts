import { InputDialog } from '@jupyterlab/apputils';
import type { WorldlineSummary } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { labelsOf } from '../shared/labelsOf.js';
import type { Services } from '../shared/Services.js';
import { about, type Args } from './target.js';

/** The worldline that a command is about; asks where neither its arguments nor a click say it. Null where nobody answers. */
export async function worldlineOf(
  services: Services,
  session: NotebookSession,
  args: Args,
  question: string,
  choices = session.graph.worldlines,
): Promise<WorldlineSummary | null> {
  const { graph } = session;
  const id = about(services, args, 'worldline') ?? (await chooseWorldline(choices, question));
  return id === null ? null : graph.worldline(id);
}

/** The id of the one that a person chooses by its name. */
export async function chooseWorldline(
  choices: readonly WorldlineSummary[],
  title: string,
): Promise<string | null> {
  if (choices.length === 0) return null;
  const items = labelsOf(choices);
  const { value } = await InputDialog.getItem({ title, items });
  return value === null ? null : (choices[items.indexOf(value)]?.id ?? null);
}
