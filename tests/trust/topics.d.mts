export declare const TOPICS: readonly {
  readonly title: string;
  readonly lines: readonly { readonly title: string; readonly files: RegExp; readonly long?: boolean }[];
}[];
