import type { ArtifactInfo, TableInfo, VariableInfo } from '../contract.js';
import { asData, asName, cutText } from './data.js';
import type { FileEntry } from './ports.js';
import { quantity } from './resultText.js';

/** What the model is told of the active worldline. */
export interface WorkContext {
  readonly worldline: string;
  readonly tables: readonly TableInfo[];
  /** Profiles of the small ones, by name. */
  readonly profiles: ReadonlyMap<string, string>;
  readonly files: readonly FileEntry[];
  readonly variables: readonly VariableInfo[];
  readonly artifacts: readonly ArtifactInfo[];
  readonly today: Date;
  /** What is left of the limits. */
  readonly limits: string;
  /** The model sees schemas and aggregates only. */
  readonly hidesRows: boolean;
}

/** Characters that each part may take; what does not fit is counted, not dropped in silence. */
const ROOM = { tables: 8000, files: 3000, variables: 2500, artifacts: 1000 } as const;

/** The request as the model gets it: the context as data, then the user's own words. */
export function requestText(request: string, context: WorkContext): string {
  return `${contextBlock(context)}\n\n${request}`;
}

export function contextBlock(context: WorkContext): string {
  const { today, limits, worldline } = context;
  const parts = [
    `Date: ${today.toISOString().slice(0, 10)}. Branch: ${asName(worldline)}. Left in this run: ${limits}.`,
    section(
      'Tables',
      context.tables.map((table) => tableText(table, context)),
      ROOM.tables,
      'use list_tables and describe',
    ),
    section(
      'Files',
      context.files.map(({ path, bytes }) => `${asName(path)} (${size(bytes)})`),
      ROOM.files,
      'use list_tables',
    ),
    section(
      'Python variables',
      context.variables.map((variable) => variableText(variable, context.hidesRows)),
      ROOM.variables,
      'use run_python',
    ),
    section(
      'Artifacts',
      context.artifacts.map(({ path, bytes }) => `${asName(path)} (${size(bytes)})`),
      ROOM.artifacts,
      '',
    ),
  ];
  return `<context>\n${parts.filter((part) => part !== '').join('\n\n')}\n</context>`;
}

function section(title: string, entries: readonly string[], room: number, hint: string): string {
  if (entries.length === 0) return title === 'Tables' ? 'Tables: none yet.' : '';
  const kept: string[] = [];
  let used = 0;
  for (const entry of entries) {
    if (used + entry.length > room && kept.length > 0) break;
    kept.push(cutText(entry, room));
    used += entry.length + 1;
  }
  const left = entries.length - kept.length;
  const more = left === 0 ? '' : `\n… ${left} more${hint === '' ? '' : `: ${hint}`}`;
  return `${title}:\n${kept.join('\n')}${more}`;
}

function tableText({ name, kind, rows, columns }: TableInfo, { profiles }: WorkContext): string {
  const head = `${asName(name)} (${kind === 'view' ? 'view, ' : ''}${rows === null ? 'rows unknown' : quantity(rows, 'row')})`;
  const profile = profiles.get(name);
  if (profile !== undefined) return `${head}\n${asData(profile).replace(/^/gm, '  ')}`;
  const shown = columns.slice(0, 60).map((column) => `${asName(column.name)} ${column.type}`);
  if (columns.length > 60) shown.push(`… ${columns.length - 60} more columns`);
  return `${head}: ${shown.join(', ')}`;
}

function variableText({ name, type, shape, preview }: VariableInfo, hidesRows: boolean): string {
  const head = `${asName(name)}: ${asName(type)}${shape === null ? '' : ` ${asName(shape)}`}`;
  return hidesRows || shape !== null || preview === '' ? head : `${head} = ${cutText(asName(preview), 80)}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
