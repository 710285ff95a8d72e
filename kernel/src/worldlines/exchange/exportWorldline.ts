import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { withDatabases } from '../compare/withDatabases.js';
import { describe, errorCode, WorldlineError } from '../errors.js';
import type { Node } from '../graph/Graph.js';
import { readCell, readTurns } from '../session/readCell.js';
import { targetOf } from '../session/restoreState.js';
import type { Store } from '../session/Store.js';
import { writeWhole } from '../store/files.js';
import type { ExportOptions, Host } from '../types.js';
import { restoreWorkspace } from '../workspace/restoreWorkspace.js';
import { WorkspaceIndex } from '../workspace/WorkspaceIndex.js';
import { type ExportCell, isUntouchedExport, type Notebook, notebookOf } from './notebook.js';
import { reportOf } from './report.js';

const FORMATS = { '.html': 'html', '.md': 'markdown' } as const;
type Ending = keyof typeof FORMATS | '.pdf';

/** Writes the cells up to a checkpoint to a file, as a notebook or as a report; gives the file's path. */
export async function exportWorldline(
  store: Store,
  host: Host,
  head: Node,
  path: string,
  options: ExportOptions,
): Promise<string> {
  const file = resolve(path);
  const nodes = [...store.graph.ancestry(head)].reverse();
  const cells = nodes.filter(({ record: { kind } }) => kind !== 'root' && kind !== 'step');
  const shown = await Promise.all(cells.map((node) => exportCell(store, node)));
  const ending = extname(file);
  if (ending in FORMATS || ending === '.pdf') {
    await writeReport(host, file, ending as Ending, reportOf(shown, options.steps !== false));
    return file;
  }
  if (ending !== '.ipynb') {
    throw new WorldlineError(
      `Name the file .ipynb for a notebook, or .html, .md or .pdf for a report: ${path}`,
    );
  }
  const again = await isEarlierExport(file);
  const withData = options.withData === true;
  const notebook = notebookOf(shown, { asCode: options.asCode === true, withTurns: withData });
  if (withData) await writeData(store, host, head, dataFolder(file), again);
  await writeNotebook(file, notebook);
  return file;
}

/** Where the data of an exported notebook is: beside it. */
export function dataFolder(notebook: string): string {
  return join(dirname(notebook), `${basename(notebook, '.ipynb')}_data`);
}

/** False where nothing is there. Throws a WorldlineError for a notebook that somebody works in: only an export is written over. */
async function isEarlierExport(file: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw new WorldlineError(`${file} cannot be written: ${describe(error)}`, { cause: error });
  }
  if (isUntouchedExport(text)) return true;
  throw new WorldlineError(
    `${file} exists, and is no export or was worked in since: it stays as it is. Choose another name, or remove it first.`,
  );
}

async function exportCell(store: Store, node: Node): Promise<ExportCell> {
  const turns = await readTurns(node, store);
  return { ...(await readCell(node, store)), asCells: node.record.asCells, turns };
}

async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // As any file that the person saves: it is to be handed on.
  await writeWhole(path, `${JSON.stringify(notebook, null, 1)}\n`, true, 0o666);
}

async function writeReport(host: Host, output: string, to: Ending, report: Notebook): Promise<void> {
  const nbconvert = host.nbconvert?.bind(host);
  const printPdf = host.printPdf?.bind(host);
  if (nbconvert === undefined) throw new WorldlineError('Reports need nbconvert: pip install nbconvert');
  const beside = join(dirname(output), `.${randomUUID()}`);
  const convert = (path: string, ...how: readonly string[]): Promise<void> =>
    nbconvert([
      ...['--to', ...how, '--no-input'],
      ...['--output', basename(path), '--output-dir', dirname(path), `${beside}.ipynb`],
    ]);
  await writeNotebook(`${beside}.ipynb`, report);
  try {
    if (to !== '.pdf') {
      await convert(output, FORMATS[to]);
      return;
    }
    if (printPdf === undefined) throw new WorldlineError('A PDF cannot be printed here: name the file .html');
    // The webpdf format of nbconvert wants a browser of its own; its template does not.
    await convert(`${beside}.html`, 'html', '--template', 'webpdf');
    await printPdf(`${beside}.html`, output);
  } finally {
    await rm(`${beside}.ipynb`, { force: true });
    await rm(`${beside}.html`, { force: true });
  }
}

/** Replaces the data of an earlier export: a table that is gone would come back with the next import. */
async function writeData(
  store: Store,
  host: Host,
  head: Node,
  folder: string,
  again: boolean,
): Promise<void> {
  if (!again && existsSync(folder)) {
    throw new WorldlineError(
      `${folder} exists, and the data would go there: it stays as it is. Choose another name for the notebook, or remove it first.`,
    );
  }
  const { state } = targetOf(store, head);
  const [files, tables] = [join(folder, 'workspace'), join(folder, 'tables')];
  await mkdir(files, { recursive: true });
  await restoreWorkspace(files, state.workspace, new WorkspaceIndex(), store.objects);
  await rm(tables, { recursive: true, force: true });
  if (state.database === null || host.exportTables === undefined) return;
  await mkdir(tables, { recursive: true });
  const write = host.exportTables.bind(host);
  await withDatabases(store, state.database, null, (database) => write(database, tables));
}
