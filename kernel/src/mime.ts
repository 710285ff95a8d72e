/** A Jupyter MIME bundle: MIME type → text, or JSON for `application/*+json` types. */
export type MimeBundle = Record<string, unknown>;

/** What a result, a step or an artifact shows: the data and its per-type metadata. */
export interface Display {
  readonly data: MimeBundle;
  readonly metadata?: Record<string, unknown>;
}
