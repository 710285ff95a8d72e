import type { ArtifactInfo, TableInfo, VariableInfo } from '../../contract.js';
import { bytes } from '../../counts.js';
import { asData, asName, cutText } from '../shown/dataText.js';
import type { FileEntry } from '../ports.js';
import { quantity } from '../shown/resultText.js';
import type { Turn } from '../types.js';

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
/** Stands for a part that is as the last context had it, and is longer than this many characters. */
const SAME = 'as before, unchanged.';
const WORTH_LEAVING_OUT = 200;

/**
 * The request as the model gets it: the context as data, then the user's own words. What the last context in the
 * conversation said already is not said again.
 */
export function requestText(
  request: string,
  context: WorkContext,
  conversation: readonly Turn[] = [],
): string {
  return `${contextBlock(context, contextsIn(conversation))}\n\n${request}`;
}

/** The user's own words of a request, without the context before them. */
export function questionOf(request: string): string {
  return request.replace(/^<context>[\s\S]*?<\/context>\s*/, '');
}

/** `earlier`: the parts of earlier contexts, the last context first. */
export function contextBlock(context: WorkContext, earlier: readonly (readonly string[])[] = []): string {
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
      context.files.map((file) => `${asName(file.path)} (${bytes(file.bytes)})`),
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
      context.artifacts.map((file) => `${asName(file.path)} (${bytes(file.bytes)})`),
      ROOM.artifacts,
      '',
    ),
  ];
  const told = parts.filter((part) => part !== '').map((part) => unlessSame(part, earlier));
  return `<context>\n${told.join('\n\n')}\n</context>`;
}

/** No part has an empty line of its own. */
function contextsIn(conversation: readonly Turn[]): string[][] {
  return conversation
    .flatMap((turn) =>
      turn.role === 'user' ? [/^<context>\n([^]*?)\n<\/context>/.exec(turn.text)?.[1]] : [],
    )
    .flatMap((context) => (context === undefined ? [] : [context.split('\n\n')]))
    .reverse();
}

function unlessSame(part: string, earlier: readonly (readonly string[])[]): string {
  if (part.length < WORTH_LEAVING_OUT) return part;
  const title = part.slice(0, part.indexOf(':') + 1);
  const same = `${title} ${SAME}`;
  for (const parts of earlier) {
    const before = parts.find((other) => other.startsWith(title));
    if (before !== same) return before === part ? same : part;
  }
  return part;
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
