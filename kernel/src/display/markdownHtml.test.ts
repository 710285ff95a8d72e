import { expect, test } from '@jest/globals';
import { markdownHtml } from './markdownHtml.js';

test('paragraphs, bold, slanted text and code within a line', () => {
  expect(
    markdownHtml('The mean is **16.4 °C**,\nby `avg(temp_max)`.\n\nSee *also* 2 * 3 * 4 and a_b_c.'),
  ).toBe(
    '<p>The mean is <b>16.4 °C</b>,\nby <code>avg(temp_max)</code>.</p>\n<p>See <em>also</em> 2 * 3 * 4 and a_b_c.</p>',
  );
});

test('headings, quotes, rules and blocks of code', () => {
  expect(
    markdownHtml('## Result\n> **Unchecked:** one\n> two\n\n---\n```sql\nselect **1**\n\nfrom t\n```'),
  ).toBe(
    [
      '<p><b>Result</b></p>',
      '<blockquote>\n<p><b>Unchecked:</b> one\ntwo</p>\n</blockquote>',
      '<hr>',
      '<pre><code>select **1**\n\nfrom t</code></pre>',
    ].join('\n'),
  );
});

test('lists, numbered, nested and with text below an item', () => {
  expect(markdownHtml('Two things:\n- one\n  - within\n- two\n  goes on\n\n3. three\n4) four')).toBe(
    [
      '<p>Two things:</p>',
      '<ul>\n<li>one\n<ul>\n<li>within</li>\n</ul></li>\n<li>two\ngoes on</li>\n<li>three</li>\n<li>four</li>\n</ul>',
    ].join('\n'),
  );
  expect(markdownHtml('2. b\n3. c')).toBe('<ol start="2">\n<li>b</li>\n<li>c</li>\n</ol>');
});

test('tables with their sides', () => {
  expect(markdownHtml('| month | rain |\n|---|---:|\n| a \\| b | **0.39** |')).toBe(
    '<table class="dataframe">\n<thead><tr><th align="left" style="text-align:left">month</th>' +
      '<th align="right" style="text-align:right">rain</th></tr></thead>\n' +
      '<tbody>\n<tr><td align="left" style="text-align:left">a | b</td>' +
      '<td align="right" style="text-align:right"><b>0.39</b></td></tr>\n</tbody>\n</table>',
  );
});

test('HTML stands there as text, and no link runs a script', () => {
  expect(
    markdownHtml(
      '<img src=x onerror=alert(1)> `<b>` [site](https://a.example/?q="x) [run](javascript:alert(1))',
    ),
  ).toBe(
    '<p>&lt;img src=x onerror=alert(1)&gt; <code>&lt;b&gt;</code> <a href="https://a.example/?q=&quot;x">site</a> run)</p>',
  );
});

test('what is cut off in the middle, as while it streams, is text', () => {
  expect(markdownHtml('It is **bo')).toBe('<p>It is **bo</p>');
  expect(markdownHtml('```py\nprint(1')).toBe('<pre><code>print(1</code></pre>');
  expect(markdownHtml('| a |\n|--')).toContain('<th');
  expect(markdownHtml('')).toBe('');
});

test('a long text takes no long time', () => {
  for (const text of ['*', '**a', '`', '[a](', '> ', '- ', '| ', '_a', '*a ', '#'])
    expect(markdownHtml(text.repeat(20_000)).length).toBeGreaterThan(0);
});
