import { expect, test } from '@jest/globals';
import { languageOf } from './languageOf.js';

test.each([
  ['select * from sales', 'sql'],
  ['-- the months\nSELECT month, sum(n)\nFROM sales', 'sql'],
  ["FROM 'sales.csv'", 'sql'],
  ['from sales limit 5', 'sql'],
  ['with top as (select 1) select * from top', 'sql'],
  ['create or replace table t as select 1', 'sql'],
  ['update t set a = 1', 'sql'],
  ['describe sales', 'sql'],
  ['show tables', 'sql'],
  ['import pandas as pd', 'python'],
  ['from math import pi\npi', 'python'],
  ['df.head()', 'python'],
  ['total = 1 + 1', 'python'],
  ['for i in range(3):\n    print(i)', 'python'],
  ['Which month is the wettest?', null],
  ['What is the total of sales.csv?', null],
  ['Show the tables that have a date', null],
  ['Describe the sales of last year', null],
  ['Import sales.csv and tell me what is in it', null],
  ['From which city come most customers?', null],
  ['Draw a chart (a bar for each month)', null],
  ['Is a == b for all rows?', null],
])('%s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});
