import { readArtifact } from '@worldline/sandbox';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type {
  ArtifactInfo,
  DataFolder,
  RequestName,
  Requests,
  TableInfo,
  TablePage,
  WorldlineSummary,
} from '../../contract.js';
import { quoteName, quoteText } from '../../database/sql/quote.js';
import { imageType } from '../../display/artifacts.js';
import type { Moved } from '../../worldlines/session/SessionWorldlines.js';
import { UserError } from '../errors.js';
import type { Kernel } from '../Kernel.js';
import { expandHome } from '../expandHome.js';
import { exportOptions } from '../reports/exportOptions.js';
import { variablesNow } from '../variablesNow.js';
import { kernelState } from './kernelState.js';

type Handlers = {
  [Name in RequestName]: (
    kernel: Kernel,
    params: Requests[Name]['params'],
  ) => Promise<Requests[Name]['result']>;
};

/** Bytes of an artifact that go over the comm. */
const MAX_ARTIFACT = 20_000_000;

/** What a front end may ask, by name. Each is answered while a cell runs; what moves a worldline waits for its cell. */
export const REQUESTS: Handlers & { unknown: (kernel: Kernel, params: unknown) => Promise<never> } = {
  state: kernelState,
  link: async (kernel, { session, notebook }) => (await kernel.session()).link(session, notebook),
  graph: async (kernel, { offset, count }) => (await kernel.session()).graph(offset, count),
  search: async (kernel, { text, offset, count }) => (await kernel.session()).search(text, offset, count),
  checkpoint: async (kernel, { id }) => (await kernel.session()).checkpoint(id),
  running: (kernel) => Promise.resolve({ running: kernel.outputs?.() ?? null }),
  cells: async (kernel, { of }) => ({ cells: await (await kernel.session()).cells(of) }),
  branch: (kernel, { name, from }) =>
    moved(kernel, (session) => session.branchOff(name, ...(from === undefined ? [] : [from]))),
  switch: (kernel, { worldline }) => moved(kernel, (session) => session.switch(worldline)),
  undo: (kernel, params) => moved(kernel, (session) => session.undo(params)),
  rename: async (kernel, { worldline, name }) => (await kernel.session()).rename(worldline, name),
  delete: async (kernel, { worldline, restore }) => (await kernel.session()).delete(worldline, restore),
  resume: (kernel, { worldline }) => moved(kernel, (session) => session.resume(worldline)),
  adopt: (kernel, { worldline }) => moved(kernel, (session) => session.adopt(worldline)),
  compare: async (kernel, { a, b }) => (await kernel.session()).compare(a, b),
  compareRows: async (kernel, { a, b, table, count }) =>
    (await kernel.session()).compareRows(a, b, table, count),
  export: async (kernel, { worldline, file, options }) => {
    const session = await kernel.session();
    const path = resolve(kernel.paths.notebookFolder, expandHome(file));
    return session.export(worldline, path, exportOptions(options));
  },
  tables: async (kernel) => ({ tables: (await (await kernel.active()).database.tables()).map(withQuoted) }),
  keys: async (kernel) => ({ keys: await (await kernel.active()).database.keys() }),
  preview: async (kernel, { table, count }) => preview(kernel, table, count),
  previewFile: async (kernel, { file, count }) => firstRows(kernel, quoteText(file), count),
  page: async (kernel, { result, offset, count, ...options }) => {
    const page = await (await kernel.active()).database.page(result, offset, count, options);
    return { result, ...page };
  },
  variables: variablesNow,
  artifacts: async (kernel) => {
    const [session, runtime] = [await kernel.session(), await kernel.active()];
    const [found, kept] = [await runtime.artifacts(), await session.artifacts()];
    return { artifacts: withMakers(found, kept) };
  },
  artifact: async (kernel, { path }) => {
    const content = await readArtifact((await kernel.active()).workspace, path, MAX_ARTIFACT);
    return { mime: typeOf(path), base64: content.toString('base64') };
  },
  folders: async (kernel) => ({ folders: await folders(kernel) }),
  allow: async (kernel, { folder, revoke = false }) => {
    await kernel.allow(folder, revoke);
    return { folders: await folders(kernel) };
  },
  configure: async (kernel, { settings }) => {
    // The config file is read with the session, and must not be read over this.
    await kernel.session();
    kernel.settings.configure(settings);
    kernel.settingsChanged();
    return {};
  },
  steer: (kernel, { run, action, text, step }) => {
    runById(kernel, run).steer(action, text ?? '', step);
    return Promise.resolve({});
  },
  stepsAsCells: (kernel, { run }) => Promise.resolve({ cells: runById(kernel, run).cells }),
  unknown: () => Promise.reject(new UserError('UnknownRequest', 'This kernel does not know that request.')),
};

type Session = Awaited<ReturnType<Kernel['session']>>;

/** Moves between cells; gives the worldline that is active then. */
async function moved(
  kernel: Kernel,
  move: (session: Session) => Promise<Moved | null>,
): Promise<WorldlineSummary> {
  const session = await kernel.session();
  const done = await kernel.betweenCells(() => move(session));
  await (await kernel.active()).prepare();
  kernel.dataChanged();
  kernel.stateChanged();
  return done?.worldline ?? session.active;
}

async function preview(kernel: Kernel, table: string, count: number): Promise<TablePage> {
  const { database } = await kernel.active();
  const known = await database.tables();
  if (!known.some(({ name }) => name === table))
    throw new UserError('NotFound', `There is no table ${table}.`);
  return firstRows(kernel, table, count);
}

/** Of a table, or of a file in quotes. */
async function firstRows(kernel: Kernel, source: string, count: number): Promise<TablePage> {
  const { database } = await kernel.active();
  const [result] = await database.query(`FROM ${source}`, { author: 'model', limit: count });
  if (result?.kind !== 'rows') throw new UserError('NotFound', `${source} has no rows to show.`);
  return { result: result.id, ...result.page };
}

/** For who takes a column's name into a cell. */
function withQuoted(table: TableInfo): TableInfo {
  const columns = table.columns.map((column) => {
    const quoted = quoteName(column.name);
    return quoted === column.name ? column : { ...column, quoted };
  });
  return { ...table, columns };
}

/** Files as they are now, each with the checkpoint that made it so; none for one that changed since the last checkpoint. */
function withMakers(
  files: readonly Omit<ArtifactInfo, 'checkpoint'>[],
  kept: readonly ArtifactInfo[],
): ArtifactInfo[] {
  const known = new Map(kept.map((artifact) => [artifact.path, artifact]));
  return files.map((file) => {
    const before = known.get(file.path);
    const same = before?.bytes === file.bytes && Math.abs(before.modified - file.modified) < 1;
    return { ...file, checkpoint: same ? before.checkpoint : null };
  });
}

async function folders(kernel: Kernel): Promise<DataFolder[]> {
  const { notebookFolder } = kernel.paths;
  return Promise.all(
    kernel.readable().folders.map(async (path) => ({
      path,
      granted: path !== notebookFolder,
      entries: await entriesOf(path),
    })),
  );
}

async function entriesOf(folder: string): Promise<DataFolder['entries']> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const visible = entries.filter((entry) => !entry.name.startsWith('.')).slice(0, 500);
  return Promise.all(
    visible.map(async (entry) => ({
      name: entry.name,
      folder: entry.isDirectory(),
      bytes: entry.isFile() ? (await stat(join(folder, entry.name))).size : 0,
    })),
  );
}

/** Images that the kernel itself shows nowhere: in a front end's image no script of theirs runs. */
const OTHER_IMAGES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.webp': 'image/webp' };

function typeOf(path: string): string {
  return imageType(path) ?? OTHER_IMAGES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

function runById(kernel: Kernel, id: string): Kernel['runs'][number] {
  const run = kernel.runs.find((candidate) => candidate.id === id);
  if (!run) throw new UserError('NotFound', 'That agent run is no longer known to this kernel.');
  return run;
}
