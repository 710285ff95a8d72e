import { expect, test } from '@jest/globals';
import type { StepInfo } from '../contract.js';
import { type RunItem, stepsDisplay } from './runDisplay.js';

const NO_USAGE = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0, cost: null };

function html(...items: RunItem[]): string {
  const steps = items.flatMap((item) => (item.kind === 'step' ? [item.step] : []));
  const info = {
    run: '12345678-9',
    state: 'running',
    model: 'm',
    replayed: false,
    steps,
    answer: '',
  } as const;
  const view = { info: { ...info, usage: NO_USAGE }, items, streaming: '', activity: '', milliseconds: 0 };
  return String(stepsDisplay(view).data['text/html']);
}

function step(change: Partial<StepInfo>, text?: string): RunItem {
  const info = {
    id: 'r1',
    tool: 'run_sql',
    code: 'select 1',
    state: 'ok',
    milliseconds: 5,
    summary: '',
  } as const;
  const displays = text === undefined ? [] : [{ data: { 'text/plain': text } }];
  return { kind: 'step', step: { ...info, ...change }, displays };
}

test('a step folds its code and its result, both in a fixed width', () => {
  const shown = html(step({ summary: '1 row' }, 'a  b\n1  2'));
  expect(shown).toMatch(
    /<details id="worldline-12345678-r1"[^>]*><summary>✓ r1 SQL · 1 row · 5 ms<\/summary>/,
  );
  expect(shown).toContain('<code>select 1</code></pre>');
  expect(shown).toContain('<code>a  b\n1  2</code></pre>');
});

test('the step that answers is a line: what it said stands below', () => {
  const shown = html(step({ tool: 'finish', code: 'The answer', summary: 'answer from r1' }));
  expect(shown).toContain('id="worldline-12345678-r1"');
  expect(shown).not.toMatch(/details|The answer/);
  expect(html(step({ tool: 'finish', code: 'The answer', state: 'waiting' }))).toContain('The answer');
});

test('what the model said is shown as the Markdown that it is', () => {
  expect(html({ kind: 'said', text: 'First **this**:\n- one' })).toContain(
    '<b>this</b>:</p>\n<ul>\n<li>one</li>',
  );
});

test('two prices in a run are no formula', () => {
  expect(html(step({}, '$5 and $7'))).toMatch(/^<div class="[^"]*\bmathjax_ignore\b/);
});
