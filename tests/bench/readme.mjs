import { ratioText, sampleText } from './page.mjs';

/** The lines of the page that the README shows: bench, what is measured, beside which peer. */
const SHOWN = [
  ['wire', 'start to first reply', 'ipykernel'],
  ['cells', 'round trip of %%sql select 1', 'ipykernel'],
  ['cells', 'round trip of %%python 1+1', 'ipykernel'],
  ['cells', '%%python 1+1', 'docker exec'],
  ['cells', '100,000 printed lines', 'ipykernel'],
  ['database', 'aggregation over 3 M flights', '@duckdb/node-api'],
  ['flights', '3 M flights to pandas: sql("FROM flights")', 'a Parquet write and read alone'],
  ['worldlines', 'undo', 'a plain copy'],
];

/**
 * The table of the README, of the benches that ran.
 * @param {Record<string, { tables: readonly import('./measure.mjs').Table[] }>} results
 */
export function readmeTable(results) {
  const rows = SHOWN.filter(([bench]) => bench in results).map(([bench, what, beside]) => {
    const lines = results[bench].tables.flatMap(({ title, lines }) =>
      lines.map((line) => ({ ...line, title })),
    );
    const line = lines.find((it) => it.what === what && it.beside === beside);
    if (line === undefined) throw new Error(`The bench ${bench} has no line “${what}” beside ${beside}.`);
    const title = line.title === undefined ? '' : `, ${line.title[0].toLowerCase()}${line.title.slice(1)}`;
    return `| ${what}${title} | ${sampleText(line.ours, line.unit)} | ${beside}: ${sampleText(line.peer, line.unit)} | ${ratioText(line)} |`;
  });
  return ['| | ours | peer | ratio |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
