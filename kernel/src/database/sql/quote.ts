/** A name as SQL, quoted where it has to be. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteAlways(name);
}

export function quoteAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The names in a qualified one, without their quotes: `s."odd name"` has `s` and `odd name`. */
export function namesIn(qualified: string): string[] {
  return [...qualified.matchAll(/"((?:[^"]|"")*)"|[^."]+/g)].map(
    ([plain, quoted]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]`;
}

/** DuckDB's keywords that are not plain names everywhere. */
const RESERVED = new Set(
  (
    'all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary ' +
    'bit boolean both by case cast char character check coalesce collate collation column columns ' +
    'concurrently constraint create cross dec decimal default deferrable desc describe distinct do else ' +
    'end except exists extract false fetch float for foreign freeze from full generated glob group ' +
    'grouping grouping_id having ilike in initially inner inout int integer intersect interval into is ' +
    'isnull join lambda lateral leading left like limit map national natural nchar none not notnull null ' +
    'nullif numeric offset on only or order out outer overlaps overlay pivot pivot_longer pivot_wider ' +
    'placing position positional precision primary qualify real references returning right row select ' +
    'semi setof show similar smallint some struct substring summarize symmetric table tablesample then ' +
    'time timestamp to trailing treat trim true try_cast union unique unpack unpivot using values varchar ' +
    'variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest ' +
    'xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable'
  ).split(' '),
);
