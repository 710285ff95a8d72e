import type { SqlPort } from '../ports.js';
import type { ToolContext } from '../types.js';

/** What the model may see of a query; asked before it runs. */
export type SqlGuard =
  | { readonly kind: 'open' }
  /** Runs, and the person sees the rows; the model sees this instead. */
  | { readonly kind: 'shown'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

/** Decides what of the data reaches the model. One object lives as long as a run. */
export interface Privacy {
  readonly hidesRows: boolean;
  /** Rows that an aggregate or a value must stand for before the model sees it. */
  readonly minimum: number;
  forSql(sql: SqlPort, text: string, context: ToolContext): Promise<SqlGuard>;
  /** Why a relation may not be profiled; null where it may. */
  forProfile(name: string): Promise<string | null>;
  sqlError(error: unknown): unknown;
  pythonOutput(text: string): string;
  pythonError(name: string, text: string): string;
}

/** The model sees results as they are. */
export const openPrivacy: Privacy = {
  hidesRows: false,
  minimum: 1,
  forSql: () => Promise.resolve({ kind: 'open' }),
  forProfile: () => Promise.resolve(null),
  sqlError: (error) => error,
  pythonOutput: (text) => text,
  pythonError: (_name, text) => text,
};
