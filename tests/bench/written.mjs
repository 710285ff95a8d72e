import { format, resolveConfig } from 'prettier';
import { BENCHES } from './benches.mjs';
import { chart } from './chart.mjs';
import { page } from './page.mjs';
import { readmeTable } from './readme.mjs';
import { intoBlock } from '../support/block.mjs';

/**
 * What is written of the results of the benches: docs/benchmarks.json and .md, the chart, and the README with its table.
 * @param {Record<string, { tables: readonly import('./measure.mjs').Table[] }>} results
 * @param {string} readme the README as it is
 * @param {string} styled a path in the project, for whose kind of file it is formatted
 */
export async function written(results, readme, styled) {
  const style = await resolveConfig(styled);
  const lines = Object.keys(BENCHES).flatMap(
    (name) => results[name]?.tables.flatMap((table) => table.lines) ?? [],
  );
  const markdown = (text) => format(text, { ...style, parser: 'markdown' });
  return {
    results: await format(JSON.stringify(results), { ...style, parser: 'json' }),
    page: await markdown(page(BENCHES, results)),
    chart: chart(lines),
    readme: await markdown(intoBlock(readme, 'bench', readmeTable(results))),
  };
}
