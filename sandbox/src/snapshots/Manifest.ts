/** The description of a capture; the snapshot package of the runner writes it. See its SNAPSHOT.md. */
export interface Manifest<Source> {
  readonly version: 1;
  readonly sources: readonly Source[];
  readonly stream: readonly Extent[];
  /** Names of variables in the order of the stream, with the bytes of each. */
  readonly items: readonly (readonly [name: string, length: number])[];
  readonly buffers: readonly Buffer[];
  readonly lost: readonly (readonly [name: string, reason: string])[];
  /** Of what variables hold, for those that can be told apart by it. What is restored says none. */
  readonly digests: readonly (readonly [name: string, digest: string])[];
}

/** Bytes of a source; source -1 is zeros. */
export type Extent = readonly [source: number, offset: number, length: number];

export interface Buffer {
  readonly size: number;
  readonly extents: readonly Extent[];
}

export type CaptureSource = { readonly blob: string } | { readonly capture: string; readonly file: number };

export interface BlobSource {
  readonly blob: string;
}
