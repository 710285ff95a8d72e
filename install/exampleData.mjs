import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { inProject } from './paths.mjs';
import { remember } from './state.mjs';

const FILE = 'flights-3m.parquet';

/** Copies the example's big file, which is not in git, out of its npm package. */
export function exampleData() {
  const source = inProject('node_modules', 'vega-datasets', 'data', FILE);
  const target = inProject('examples', 'data', FILE);
  if (existsSync(target) && statSync(target).size === statSync(source).size) return 'in examples/data';
  remember('paths', `examples/data/${FILE}`);
  copyFileSync(source, `${target}.part`);
  renameSync(`${target}.part`, target);
  return `copied ${FILE} into examples/data`;
}
