import { expect, test } from '@jest/globals';
import { languageOf } from './language.js';

test.each([
  ['The wettest month is November, with 5.35 mm a day.', 'en'],
  ['Am nassesten ist der November mit 5,35 mm am Tag.', 'de'],
  ['Le mois le plus humide est novembre, avec 5,35 mm par jour.', 'fr'],
  ['El mes con más lluvia fue noviembre.', 'en'],
  ['1.461', 'en'],
  ['```sql\nSELECT the FROM of WHERE is\n```\nDas sind die Zahlen.', 'de'],
])('%s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

test('where an answer has no words, those of the question count', () => {
  expect(languageOf('**1.461**', 'Wie viele Tage sind es?')).toBe('de');
  expect(languageOf('Count: 1,461', 'How many days are there?')).toBe('en');
});
