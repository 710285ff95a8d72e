import { expect, test } from '@jest/globals';
import { titleOf } from '../../kernel/src/worldlines/graph/summaries.js';

test.each([
  ['%%sql\n\nselect 1\nfrom t', '%%sql select 1'],
  ['%%sql top << --limit 3\nselect 1', '%%sql top << --limit 3 select 1'],
  ['%%ask --approve writes\nWhich month?', '%%ask Which month?'],
  ['\n Which month?\nAnd why?', 'Which month?'],
  ['%tables', '%tables'],
  ['%%python', '%%python'],
  ['', ''],
])('%j is called %j', (source, title) => {
  expect(titleOf(source)).toBe(title);
});
