import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';

export type Args = ReadonlyPartialJSONObject;

/** The notebook that a command is about: `notebook` (a path) in its arguments, else the one in front. */
export function sessionOf({ sessions }: Services, args: Args): NotebookSession | null {
  const path = text(args, 'notebook');
  return path === null ? sessions.current : sessions.at(path);
}

/**
 * What a command is about: its argument; from a context menu, what was clicked. The clicked element carries it as
 * `data-wl-…`.
 */
export function about(
  { app }: Services,
  args: Args,
  what: 'checkpoint' | 'worldline' | 'table' | 'path' | 'folder' | 'name',
) {
  const given = text(args, what);
  if (given !== null || args['clicked'] !== true) return given;
  const attribute = `wl${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const node = app.contextMenuHitTest((element) => element.dataset[attribute] !== undefined);
  return node?.dataset[attribute] ?? null;
}

export function text(args: Args, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Whether what a command is about is, or can be chosen to be, another worldline than the active one. Where its arguments name
 * one they are left to it: a menu of worldlines ticks the active one.
 */
export function isAboutOther(services: Services, { graph }: NotebookSession, args: Args): boolean {
  if (text(args, 'worldline') !== null) return true;
  const clicked = about(services, args, 'worldline');
  return clicked === null ? graph.otherWorldlines.length > 0 : clicked !== graph.activeId;
}
