export declare function written(
  results: Readonly<Record<string, unknown>>,
  readme: string,
  styled: string,
): Promise<{
  readonly results: string;
  readonly page: string;
  readonly chart: string;
  readonly readme: string;
}>;
