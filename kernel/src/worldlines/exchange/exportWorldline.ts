import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Exported } from '../../contract.js';
import { withDatabases } from '../compare/withDatabases.js';
import { describe, errorCode, WorldlineError } from '../errors.js';
import type { Node } from '../graph/Graph.js';
import { whatRan } from '../graph/whatRan.js';
import { readCell, readTurns } from '../session/readCell.js';
import { targetOf } from '../session/restoreState.js';
import type { Store } from '../session/Store.js';
import { ifExists, writeWhole } from '../store/files.js';
import type { ExportOptions, Host } from '../types.js';
import { restoreWorkspace } from '../workspace/restoreWorkspace.js';
import { WorkspaceIndex } from '../workspace/WorkspaceIndex.js';
import { type ExportCell, isUntouchedExport, type Notebook, notebookOf } from './notebook.js';
import { reportOf } from './report.js';
import { isSealed, sealed } from './seal.js';

const FORMATS = { '.html': 'html', '.md': 'markdown' } as const;
type Ending = keyof typeof FORMATS | '.pdf';

/** Writes the cells up to a checkpoint to a file, as a notebook or as a report. */
export async function exportWorldline(
  store: Store,
  host: Host,
  head: Node,
  path: string,
  options: ExportOptions,
): Promise<Exported> {
  const file = resolve(path);
  const ending = extname(file);
  const isReport = ending in FORMATS || ending === '.pdf';
  if (!isReport && ending !== '.ipynb') {
    throw new WorldlineError(
      `Name the file .ipynb for a notebook, or .html, .md or .pdf for a report: ${path}`,
    );
  }
  if (isReport && (options.withData === true || options.asCode === true))
    throw new WorldlineError(
      'A report has no data and no code with it: --with-data and --as-code need a file that ends in .ipynb.',
    );
  if (!isReport && options.steps === false)
    throw new WorldlineError('--no-steps is for reports: name the file .html, .md or .pdf.');
  const cells = [...whatRan(store.graph.ancestry(head))].reverse();
  const shown = await Promise.all(cells.map((node) => exportCell(store, node)));
  const missing: string[] = [];
  const withData = options.withData === true;
  try {
    const again = await isEarlierExport(file, isReport ? isSealed : isUntouchedExport);
    await mkdir(dirname(file), { recursive: true });
    if (isReport)
      await writeReport(host, file, ending as Ending, reportOf(shown, options.steps !== false), again);
    else {
      const notebook = notebookOf(shown, { asCode: options.asCode === true, withTurns: withData });
      if (withData) missing.push(...(await writeData(store, host, head, dataFolder(file), again)));
      await writeNotebook(file, notebook);
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new WorldlineError(`${file} cannot be written: ${describe(error)}`, { cause: error });
  }
  return { file, data: withData ? dataFolder(file) : null, missing };
}

/** Where the data of an exported notebook is: beside it. */
export function dataFolder(notebook: string): string {
  return join(dirname(notebook), `${basename(notebook, '.ipynb')}_data`);
}

/**
 * False where nothing is there. Throws a WorldlineError for what somebody made or worked in: only an export that nobody
 * changed is written over.
 */
async function isEarlierExport(file: string, isOurs: (bytes: Buffer) => boolean): Promise<boolean> {
  const bytes = await ifExists(readFile(file), null);
  if (bytes === null) return false;
  if (isOurs(bytes)) return true;
  throw new WorldlineError(
    `${file} exists, and is no export or was worked in since: it stays as it is. Choose another name, or remove it first.`,
  );
}

async function exportCell(store: Store, node: Node): Promise<ExportCell> {
  const turns = await readTurns(node, store);
  return { ...(await readCell(node, store)), asCells: node.record.asCells, turns };
}

async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeOut(path, `${JSON.stringify(notebook, null, 1)}\n`);
}

/** As any file that the person saves: it is to be handed on. */
async function writeOut(path: string, data: string | Uint8Array): Promise<void> {
  await writeWhole(path, data, true, 0o666);
}

async function writeReport(
  host: Host,
  output: string,
  to: Ending,
  report: Notebook,
  again: boolean,
): Promise<void> {
  const nbconvert = host.nbconvert?.bind(host);
  if (nbconvert === undefined) throw new WorldlineError('Reports need nbconvert: pip install nbconvert');
  // Whether it can be printed is known at once, and a page takes seconds.
  const printPdf = to === '.pdf' ? host.pdfPrinter?.() : undefined;
  const name = basename(output, to);
  const images = join(dirname(output), `${name}_files`);
  if (to === '.md' && !again) refuseExisting(images, 'images');
  const folder = await mkdtemp(join(dirname(output), '.worldline-'));
  // The report is called like the notebook.
  const made = join(folder, name);
  const convert = (...how: readonly string[]): Promise<void> =>
    nbconvert(['--to', ...how, '--no-input', escapeGlob(`${made}.ipynb`)]);
  try {
    await writeNotebook(`${made}.ipynb`, report);
    if (to !== '.pdf') await convert(FORMATS[to]);
    else if (printPdf === undefined)
      throw new WorldlineError('A PDF cannot be printed here: name the file .html');
    else {
      // The webpdf format of nbconvert wants a browser of its own; its template does not.
      await convert('html', '--template', 'webpdf');
      await printPdf(`${made}.html`, `${made}.pdf`);
    }
    if (existsSync(`${made}_files`)) await cp(`${made}_files`, images, { recursive: true });
    await writeOut(output, sealed(await readFile(`${made}${to}`), to));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A path for nbconvert, which takes patterns. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

function refuseExisting(folder: string, what: string): void {
  if (existsSync(folder))
    throw new WorldlineError(
      `${folder} exists, and the ${what} would go there: it stays as it is. Choose another name for the file, or remove it first.`,
    );
}

/**
 * Replaces the data of an earlier export: a table that is gone would come back with the next import. Gives what of the state is not
 * in it.
 */
async function writeData(
  store: Store,
  host: Host,
  head: Node,
  folder: string,
  again: boolean,
): Promise<string[]> {
  if (!again) refuseExisting(folder, 'data');
  const { state } = targetOf(store, head);
  const [files, tables] = [join(folder, 'workspace'), join(folder, 'tables')];
  await mkdir(files, { recursive: true });
  await restoreWorkspace(files, state.workspace, new WorkspaceIndex(), store.objects);
  await rm(tables, { recursive: true, force: true });
  const missing =
    state.variables === null ? [] : ['the Python variables, which running its cells again makes'];
  if (state.database === null || host.exportTables === undefined) return missing;
  await mkdir(tables, { recursive: true });
  const write = host.exportTables.bind(host);
  return [
    ...missing,
    ...(await withDatabases(store, state.database, null, (database) => write(database, tables))),
  ];
}
