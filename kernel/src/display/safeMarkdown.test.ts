import { expect, test } from '@jest/globals';
import { safeMarkdown } from './safeMarkdown.js';

test.each([
  '# Title\n\n**Bold**, a < b, 1<2, `<b>` and [a link](https://example.org/a?b=c&d) to [r1](#step-r1 "r1").',
  '```html\n<script>shown</script>\n```\n',
  '| a | b |\n| --- | --- |\n| 1 | 2 |',
  '![chart](chart.png) [mail](mailto:a@example.org) [file](../data/a.csv)',
  'The data: 5 rows [1]: see below',
  'The mean is $\\bar{x} = 5$, or\n\n$$\\frac{1}{n} \\sum x_i$$',
  'Code keeps its `$5 or $7`.',
])('%j stays as it is', (markdown) => {
  expect(safeMarkdown(markdown)).toBe(markdown);
});

test.each([
  ['<img src=x onerror=a>', '&lt;img src=x onerror=a>'],
  ['\\<script>', '\\&lt;script>'],
  ['<!-- --> <?php </b>', '&lt;!-- --> &lt;?php &lt;/b>'],
  ['<javascript:a>', '&lt;javascript:a>'],
  ['\\`<i>`', '\\`&lt;i>`'],
  ['``<i>`', '``&lt;i>`'],
  ['| `<i> | ` |', '| `&lt;i> | ` |'],
  ['```\n<i>', '```\n&lt;i>'],
  ['[a](javascript:b)', '[a](#javascript:b)'],
  ['[a]( JavaScript:b)', '[a]( #JavaScript:b)'],
  ['[a](&#106;avascript:b)', '[a](#&#106;avascript:b)'],
  ['[a](javascript\\:b)', '[a](#javascript\\:b)'],
  ['[a](javascript&colon;b)', '[a](#javascript&colon;b)'],
  ['[a](<javascript:b>)', '[a](#&lt;javascript:b>)'],
  ['[a]\n\n[a]: data:text/html,b', '[a]\n\n[a]: #data:text/html,b'],
  ['[a](vbscript:b "t")', '[a](#vbscript:b "t")'],
  ['from $5 to $7', 'from <span>&#36;</span>5 to <span>&#36;</span>7'],
  [
    '\\$5, ($6) and US$7-$8',
    '<span>&#36;</span>5, (<span>&#36;</span>6) and US<span>&#36;</span>7-<span>&#36;</span>8',
  ],
  ['$5 of $x^2$', '<span>&#36;</span>5 of $x^2$'],
  ['[a](https://example.org/$b)', '[a](https://example.org/%24b)'],
])('%j becomes %j', (markdown, safe) => {
  expect(safeMarkdown(markdown)).toBe(safe);
});
