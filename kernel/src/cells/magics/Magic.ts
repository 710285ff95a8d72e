import type { Arguments, OptionSpec } from '../reading/arguments.js';
import type { CellContext } from '../context.js';

/** What Tab offers for a magic's words: a `value` is one of the setting before it, an `own` word is the person's to make up. */
export type ArgumentKind =
  | 'file'
  | 'folder'
  | 'table'
  | 'worldline'
  | 'setting'
  | 'value'
  | 'magic'
  | 'kind'
  | 'alias'
  | 'run'
  | 'own';

/** A line magic, declared once: running, help, Tab and the documents read it. */
export interface Magic {
  readonly name: string;
  /** As a user types it, such as `%load FILE [as TABLE] [--replace | --append]`. */
  readonly usage: string;
  /** One sentence. */
  readonly about: string;
  /** More, for `%name?`. */
  readonly details?: string;
  readonly examples?: readonly string[];
  readonly options: readonly OptionSpec[];
  /** What its words are, in order; the last one repeats. */
  readonly words: readonly ArgumentKind[];
  /** How many words it takes at the most. */
  readonly most: number;
  /** Where it changes what a checkpoint keeps: its cell gets one. */
  readonly writes?: boolean;
  run(args: Arguments, context: CellContext): Promise<void>;
}

/** `%%sql`, `%%python` and `%%ask`: documented like the line magics, run by their own files. */
export interface CellMagic {
  readonly name: 'sql' | 'python' | 'ask';
  readonly usage: string;
  readonly about: string;
  readonly details?: string;
  readonly examples?: readonly string[];
  readonly options: readonly OptionSpec[];
}
