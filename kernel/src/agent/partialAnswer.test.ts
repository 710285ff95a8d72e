import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partialAnswer } from './partialAnswer.js';

test('at every moment of its arrival, what is shown is a beginning of the answer', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.string()),
      fc.boolean(),
      (answer, evidence, last) => {
        const ascii = (text: string) =>
          text.replace(
            /[\u0080-\uffff]/g,
            (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
          );
        const json = ascii(JSON.stringify(last ? { evidence, answer } : { answer, evidence }));
        let before = '';
        for (let end = 0; end <= json.length; end += 1) {
          const shown = partialAnswer(json.slice(0, end));
          expect(answer.startsWith(shown)).toBe(true);
          expect(shown.length).toBeGreaterThanOrEqual(before.length);
          before = shown;
        }
        expect(before).toBe(answer);
      },
    ),
    { seed: 3, numRuns: 60 },
  );
});

test('raw line breaks are shown, and what is no answer is not', () => {
  expect(partialAnswer('{"answer": "one\ntwo')).toBe('one\ntwo');
  expect(partialAnswer('{"sql": "select')).toBe('');
  expect(partialAnswer('{"answer": 5')).toBe('');
});
