import { expect, test } from '@jest/globals';
import { groundAnswer } from '../agent/grounding/grounding.js';
import { languageOf } from '../agent/grounding/language.js';
import { markAnswer } from './answer.js';

function marked(answer: string, evidence: string[] = ['r1']): string {
  const results = new Map([['r1', { text: '10 | 2016-03-14', tables: ['t'], literal: false }]]);
  const grounding = groundAnswer(answer, evidence, results, []);
  return markAnswer({ answer, grounding, language: languageOf(answer) }).text;
}

test('what has no source is marked where it stands, and below in the language of the answer', () => {
  expect(marked('There were 99 of them, and 10.')).toBe(
    'There were 99 [?] of them, and 10.\n\n> **Unchecked:** the figure marked [?] is in no result of this answer.',
  );
  expect(marked('Es waren 99 und nicht 98 am 15. März 2016.')).toBe(
    'Es waren 99 [?] und nicht 98 [?] am 15. März 2016 [?].\n\n> **Ungeprüft:** Mit [?] markierte Angaben stehen in keinem Ergebnis dieser Antwort.',
  );
  expect(marked('Il y a eu 99 cas dans la ville.')).toMatch(
    /> \*\*Non vérifié :\*\* le chiffre marqué \[\?\]/,
  );
});

test('a mark stands behind the unit', () => {
  expect(marked('There were 99 % of them, 98% and 97 €.')).toMatch(
    /^There were 99 % \[\?\] of them, 98% \[\?\] and 97 € \[\?\]\./,
  );
});

test('steps that are none are named in it, too', () => {
  expect(marked('Das sind 10.', ['r1', 'r9'])).toContain(
    '> **Kein Ergebnis:** r9, als Beleg genannt, ist fehlgeschlagen oder kein Schritt.',
  );
});
