import { isNativeError } from 'node:util/types';
import { caretLines, errorTraceback } from '../display/errorText.js';
import type { ExecuteOutcome } from '../jupyter/engine.js';
import { CellFailure, UserError } from './errors.js';

/** A problem that has a fix to offer, whatever room it comes from. */
interface Fixable {
  readonly problem?: unknown;
  readonly hint?: unknown;
  readonly fix?: unknown;
}

/** An error of a cell as the reply and the `error` output tell it. */
export function toOutcome(error: unknown): Extract<ExecuteOutcome, { status: 'error' }> {
  if (error instanceof CellFailure) {
    return { status: 'error', name: error.name, message: error.message, traceback: error.traceback };
  }
  const { name, message } = nameAndMessage(error);
  return { status: 'error', name, message, traceback: errorTraceback(name, message, hintOf(error)) };
}

/** An error where there is no traceback to say what to do: that stands on a line of its own below what is wrong. */
export function withFix(error: unknown): { readonly name: string; readonly message: string } {
  const { name, message } = toOutcome(error);
  const fix = error instanceof CellFailure ? undefined : hintOf(error);
  return { name, message: fix === undefined ? message : `${message}\n${fix}` };
}

/** The same error with the line it points at: `offset` counts UTF-16 units of the cell's `source`. */
export function pointingAt(error: Error, source: string, offset: number): CellFailure {
  return new CellFailure(error.name, error.message, [
    ...errorTraceback(error.name, error.message, hintOf(error)),
    '',
    ...caretLines(source, offset),
  ]);
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof UserError) return error.hint;
  const { hint, fix } = (typeof error === 'object' && error !== null ? error : {}) as Fixable;
  if (typeof hint === 'string') return hint;
  return typeof fix === 'string' ? fix : undefined;
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  const { problem, fix, name } = (typeof error === 'object' && error !== null ? error : {}) as Fixable & {
    readonly name?: unknown;
  };
  // Its message has both, and the fix stands on a line of its own.
  if (typeof problem === 'string' && typeof fix === 'string')
    return { name: String(name).replace(/Error$/, ''), message: problem };
  if (error instanceof Error || isNativeError(error)) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}
