import { expect, test } from '@jest/globals';
import { withoutPasswords } from './attachments.js';

test.each([
  [
    '%attach postgresql://u:pw%27x@db.example:5432/shop as pg',
    '%attach postgresql://u:***@db.example:5432/shop as pg',
  ],
  [
    '%attach postgresql://u@db/shop as pg\n%%sql select 1',
    '%attach postgresql://u@db/shop as pg\n%%sql select 1',
  ],
  [`  %attach "host=h password='a \\' b' dbname=d" as x`, `  %attach "host=h password=*** dbname=d" as x`],
  ['%attach "host=h password=abc dbname=d" as x', '%attach "host=h password=*** dbname=d" as x'],
  [`%%sql select 'http://u:pw@h'`, `%%sql select 'http://u:pw@h'`],
])('%s', (source, kept) => {
  expect(withoutPasswords(source)).toBe(kept);
});
