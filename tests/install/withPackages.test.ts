import { expect, test } from '@jest/globals';
import { withPackages } from '../../install/withPackages.mjs';

test.each<[string, readonly string[], readonly string[] | undefined, string[]]>([
  ['those of before stay where none are named', ['polars'], undefined, ['polars']],
  ['others are added to them', ['polars', 'tabulate'], ['xgboost'], ['polars', 'tabulate', 'xgboost']],
  [
    'one that is there gets the version that is wanted',
    ['a_b[x]==1', 'tabulate'],
    ['A-b>=2'],
    ['tabulate', 'A-b>=2'],
  ],
  ['all go where the list is empty', ['polars'], [], []],
])('%s', (_what, has, wanted, are) => {
  expect(withPackages(has, wanted)).toEqual(are);
});
